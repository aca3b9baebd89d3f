// Light or dark: what the reader's system says, until the button is used. Nothing is stored; a file on disk has no place for it.

const root = document.documentElement;
const button = document.getElementById('theme');
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const probe = document.createElement('span');
probe.hidden = true;
document.body.append(probe);

const isDark = () => (root.dataset.theme === undefined ? systemIsDark.matches : root.dataset.theme === 'dark');

/** A colour of the style sheet as a canvas understands it: the variable itself holds one for each theme. */
export function colourOf(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** Calls `redraw` when the colours are others, for the printer too. */
export function onTheme(redraw) {
  const show = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Show in ${isDark() ? 'light' : 'dark'} colours`);
    redraw();
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    show();
  });
  systemIsDark.addEventListener('change', show);
  let before;
  addEventListener('beforeprint', () => {
    before = root.dataset.theme;
    root.dataset.theme = 'light';
    show();
  });
  addEventListener('afterprint', () => {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
    show();
  });
  show();
}
