// Builds elements from text alone: nothing that the server or a model says is ever read as HTML.

/** An element with properties and children; strings become text. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Text whose `backticks` are code. */
export function prose(text) {
  return element('p', {}, ...text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part)));
}

/** A `details` that builds its content when it is first opened, so that a schema may refer to itself. */
export function folded(summary, build, className = '') {
  const made = element('details', { className }, summary);
  made.addEventListener('toggle', () => made.childElementCount === 1 && made.append(...build()), { once: true });
  return made;
}
