// Runs before the first paint: a chosen theme wins over the system's.
const chosen = localStorage.getItem('theme');
if (chosen === 'light' || chosen === 'dark') { document.documentElement.dataset.theme = chosen; }
