// The few things that only the browser can do for a component.
export function openDialog(dialog) { if (dialog && !dialog.open) { dialog.showModal(); } }
export function closeDialog(dialog) { if (dialog?.open) { dialog.close(); } }
// From here on a click reaches the server.
export function ready() { document.documentElement.dataset.ready = ''; }
export function print() { window.print(); }

export async function copy(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { }
  const area = Object.assign(document.createElement('textarea'), { value: text });
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
