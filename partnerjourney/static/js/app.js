// What the pages gain with JavaScript; each of them works without it. No eval, no inline handlers, nothing stored.
(() => {
  'use strict';
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  root.classList.add('js');

  // --- toasts: shown by the page, by an HX-Trigger header {"toast": {"text", "kind"}} or by our own scripts
  const toast = (text, kind = 'good') => {
    const region = byId('toasts'), template = byId('toast');
    if (!region || !template || !text) return;
    const box = template.content.firstElementChild.cloneNode(true);
    box.classList.add(`is-${kind}`);
    box.querySelector('p').textContent = text;
    region.append(box);
    setTimeout(() => box.matches(':hover, :focus-within') || box.remove(), 9000);
  };
  document.addEventListener('toast', (event) => toast(event.detail?.text ?? event.detail?.value, event.detail?.kind));

  // --- what was typed is taken: the form is empty again, where a morph would keep what stands in a field
  document.addEventListener('taken', (event) => event.target.closest?.('form')?.reset());

  // --- focus: into what was swapped in, and back to where the reader was when the panel closes
  let opener = null;
  const returnFocus = () => {
    const place = opener && (opener.isConnected ? opener : opener.id && byId(opener.id));
    (place || byId('main'))?.focus({ preventScroll: Boolean(place) });
    opener = null;
  };
  document.addEventListener('htmx:before:request', (event) => {
    const { target, sourceElement } = event.detail.ctx;
    if (target?.id === 'panel' && !sourceElement.closest('#panel')) opener = sourceElement;
  });
  document.addEventListener('htmx:after:swap', (event) => {
    const target = event.detail.ctx.target;
    const fresh = target?.isConnected ? target : target?.id && byId(target.id);
    const summary = (fresh ?? document).querySelector?.('.error-summary');
    if (summary) summary.focus();
    else if (fresh?.id === 'panel') {
      const heading = fresh.querySelector('[autofocus]') ?? fresh.querySelector('h2');
      heading ? heading.focus({ preventScroll: true }) : returnFocus();
    }
    refresh(document);
    for (const box of document.querySelectorAll('.toast[data-command]:not([data-shown])')) {
      for (const other of document.querySelectorAll('.toast[data-command][data-shown]')) other.remove();
      box.dataset.shown = '';
      setTimeout(() => box.matches(':hover, :focus-within') || box.remove(), 30000);
    }
  });
  // What was refused is said over the region of a page; it takes no page of an error in.
  document.addEventListener('htmx:before:response', (event) => {
    const { target, response } = event.detail.ctx;
    if (target?.id !== 'chart' || response.status < 400 || [409, 422].includes(response.status)) return;
    event.preventDefault();
    toast(response.status === 401 ? target.dataset.signedOut : document.body.dataset.refused, 'bad');
  });
  document.addEventListener('htmx:error', () => toast(document.body.dataset.offline, 'bad'));

  // --- keyboard
  const typing = (element) => element.closest?.('input, textarea, select, [contenteditable]');
  const closePanel = () => {
    const link = document.querySelector('#panel [data-close]');
    if (link) link.click();
    return Boolean(link);
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) {
      const menu = document.querySelector('details.menu[open]');
      if (menu) { menu.open = false; menu.querySelector('summary').focus(); } else closePanel();
    } else if (!typing(event.target) && event.key === '?') {
      event.preventDefault();
      openDialog('shortcuts');
    } else if (!typing(event.target) && event.key === '/') {
      const search = document.querySelector('[data-search], input[type="search"]');
      if (search) { event.preventDefault(); search.focus(); search.select?.(); }
    }
  });
  const openDialog = (id) => {
    const dialog = byId(id);
    if (dialog && !dialog.open) dialog.showModal();
  };

  // --- the map: the largest zoom at which all of it is seen
  const fit = ({fit: width, zooms}) => {
    const room = document.querySelector('.map').clientWidth, addresses = JSON.parse(zooms);
    const found = Object.keys(addresses).map(Number).sort((a, b) => a - b);
    location.assign(addresses[found.findLast((zoom) => width * zoom <= room * 100) ?? found[0]]);
  };

  // --- clicks
  document.addEventListener('click', async (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(event.target) || event.target.closest('[data-dialog]')) menu.open = false;
    }
    const button = event.target.closest?.('[data-dialog], [data-copy], [data-fit], .toast > button');
    if (!button) return;
    if (button.dataset.dialog) openDialog(button.dataset.dialog);
    else if (button.dataset.fit) fit(button.dataset);
    else if (button.dataset.copy) {
      const field = document.querySelector(button.dataset.copy);
      try { await navigator.clipboard.writeText(field.value ?? field.textContent); toast(button.dataset.copied); }
      catch { field.select?.(); }
    } else button.closest('.toast').remove();
  });
  document.addEventListener('click', (event) => { if (event.target.nodeName === 'DIALOG') event.target.close(); });

  // --- forms: a button repeats the choice, a batch says how many, a filter submits itself, the theme shows at once
  const refresh = (scope) => {
    for (const echo of scope.querySelectorAll('[data-echo]')) {
      const chosen = document.querySelector(`input[name="${CSS.escape(echo.dataset.echo)}"]:checked`);
      if (chosen) echo.textContent = echo.dataset.echoText.replace('{}', chosen.dataset.label ?? chosen.value);
    }
    for (const batch of scope.querySelectorAll('[data-batch]')) {
      const chosen = batch.querySelectorAll('.waiting-check :checked').length;
      for (const part of batch.querySelectorAll('[data-count-text]')) part.textContent = part.dataset.countText.replace('{}', chosen);
      for (const button of batch.querySelectorAll('.batch button')) button.disabled = chosen === 0;
    }
  };
  document.addEventListener('change', (event) => {
    const field = event.target;
    if (field.name === 'theme') root.dataset.theme = field.value;
    if (field.hasAttribute('data-submit-on-change')) field.form?.requestSubmit();
    refresh(document);
  });

  // On a phone the tabs run on beyond the edge: the one that is open stands in sight.
  const showTab = () => {
    for (const tab of document.querySelectorAll('.tabs [aria-current]')) {
      const tabs = tab.closest('.tabs'), here = tab.getBoundingClientRect(), all = tabs.getBoundingClientRect();
      tabs.scrollLeft += here.left + here.width / 2 - (all.left + all.width / 2);
    }
  };

  const ready = () => {
    refresh(document);
    showTab();
    document.querySelector('.error-summary')?.focus();
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready); else ready();
})();
