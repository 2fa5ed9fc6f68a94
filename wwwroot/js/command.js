// Ctrl-K opens the command box from anywhere; in it, the arrows move the choice, not the caret.
export function listen(box, dialog) {
  const open = e => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === 'k') {
      e.preventDefault();
      if (!document.querySelector('dialog[open]')) { box.invokeMethodAsync('OpenAsync'); }
    }
  };
  dialog.addEventListener('keydown', e => { if (['ArrowUp', 'ArrowDown', 'Enter'].includes(e.key)) { e.preventDefault(); } });
  dialog.addEventListener('click', e => { if (e.target === dialog) { dialog.close(); } });
  document.addEventListener('keydown', open);
  return { stop: () => document.removeEventListener('keydown', open) };
}
export function signOut() { document.querySelector('form[action=logout]')?.requestSubmit(); }
