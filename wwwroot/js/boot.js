// Starts the circuit; shows the dialog while it is down; reloads when the server was restarted (new instance id).
const dialog = document.getElementById('components-reconnect-modal');
let instance, down = false;

// The server renders times in the user's zone; it learns the zone from this cookie. The very first page is asked for again.
const zone = `tz=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)}`;
if (!document.cookie.includes(zone)) {
  document.cookie = `${zone}; path=/; max-age=31536000; samesite=strict`;
  if (document.cookie.includes(zone)) {
    location.reload();
    await new Promise(() => { }); // this page is on its way out: it must not come to life and take what is typed with it
  }
}

function theme() {
  const chosen = localStorage.getItem('theme');
  if (chosen) { document.documentElement.dataset.theme = chosen; } else { delete document.documentElement.dataset.theme; }
  document.querySelectorAll('[data-theme-set]').forEach(b => b.setAttribute('aria-pressed', String((chosen ?? '') === b.dataset.themeSet)));
}

document.addEventListener('click', e => {
  const choice = e.target.closest('[data-theme-set]');
  if (choice) {
    if (choice.dataset.themeSet) { localStorage.setItem('theme', choice.dataset.themeSet); } else { localStorage.removeItem('theme'); }
    theme();
    return;
  }
  const inside = e.target.closest('details.menu');
  const chose = e.target.closest('details.menu .menu-list a, details.menu .menu-list button');
  document.querySelectorAll('details.menu[open]').forEach(m => { if (m !== inside || chose) { m.open = false; } });
});
document.addEventListener('keydown', e => {
  const menu = e.key === 'Escape' && document.querySelector('details.menu[open]');
  if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
});
document.addEventListener('toggle', e => { if (e.target.matches?.('details.menu[open]')) { theme(); } }, true);

async function probe() {
  const answer = await fetch('healthz', { cache: 'no-store' });
  return answer.ok ? answer.headers.get('x-instance') : null;
}

function show(isDown) {
  down = isDown;
  if (isDown && !dialog.open) { dialog.showModal(); }
  if (!isDown && dialog.open) { dialog.close(); }
}

async function tick() {
  let id = null;
  try { id = await probe(); } catch { }
  if (id === null) { show(true); }
  else if (instance && id !== instance) { location.reload(); return; }
  else {
    instance = id;
    if (down) {
      try { if (await Blazor.reconnect()) { show(false); } else { location.reload(); return; } } catch { }
    }
  }
  setTimeout(tick, down ? 1500 : 15000);
}

await Blazor.start({ circuit: { reconnectionHandler: { onConnectionDown: () => { show(true); tick(); }, onConnectionUp: () => show(false) } } });
Blazor.addEventListener?.('enhancedload', theme);
try { instance = await probe(); } catch { }
setTimeout(tick, 15000);
