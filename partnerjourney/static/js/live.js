// What another party changes appears on an open page: the page asks every few seconds whether it still stands. A 304 costs one
// look; anything else is morphed into the region [data-live] and the panel, and what somebody holds or types there stays.
(() => {
  'use strict';
  const EVERY = 3000, LONGEST = 60000;
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  let etag = '', seen = '', failures = 0, timer = 0, stopped = false;

  const toast = (text, kind) => text && document.dispatchEvent(new CustomEvent('toast', { detail: { text, kind } }));
  const later = (time) => { clearTimeout(timer); if (!stopped && !document.hidden) timer = setTimeout(look, time); };
  const busy = () => root.classList.contains('is-holding') || document.querySelector('.htmx-request');

  // --- what was typed and not sent is nobody's to replace
  const changed = (field) => {
    if (field instanceof HTMLSelectElement) {
      const usual = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(0, usual);
    }
    return field.type === 'checkbox' || field.type === 'radio' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  };
  const typed = (scope) => [...scope.querySelectorAll('input:not([type=hidden]), textarea, select')].some(changed);
  document.addEventListener('htmx:before:swap', ({ detail: { ctx, tasks } }) => {
    const panel = byId('panel');
    if (!panel || ctx.target === panel || ctx.sourceElement?.closest?.('#panel') || !typed(panel)) return;
    for (const task of [...tasks]) if (task.target === panel) tasks.splice(tasks.indexOf(task), 1);
  });

  // --- one look
  const cards = (region) => new Map([...region.querySelectorAll('.map-card, .map-phase')].map((card) => [card.id, card.className.replace(/ is-fresh| is-selected| is-dimmed| is-endpoint/g, '') + card.textContent]));
  const show = async (text) => {
    const region = document.querySelector('[data-live]');
    if (!region) return;
    const before = cards(region), first = !etag;
    const focused = document.activeElement;
    await window.htmx.swap({ text, target: region, swap: 'outerMorph', sourceElement: document.body });
    if (focused?.id && document.activeElement !== focused) byId(focused.id)?.focus({ preventScroll: true });
    if (first) return;
    for (const [id, told] of cards(document.querySelector('[data-live]'))) {
      if (!id || before.get(id) === told) continue;
      const card = byId(id);
      card.classList.add('is-fresh');
      setTimeout(() => card.classList.remove('is-fresh'), 2600);
    }
  };
  const failed = (region) => {
    failures += 1;
    if (failures === 2) toast(region.dataset.lost, 'info');
    later(Math.min(EVERY * 2 ** failures, LONGEST));
  };
  const look = async () => {
    const region = document.querySelector('[data-live]');
    if (!region || stopped || document.hidden) return;
    if (busy()) { later(600); return; }
    const here = location.pathname + location.search, address = new URL(location.href);
    if (here !== seen) { etag = ''; seen = here; }
    address.searchParams.set('live', '1');
    address.hash = '';
    const headers = { 'HX-Request': 'true', 'HX-Request-Type': 'partial', Accept: 'text/html' };
    if (etag) headers['If-None-Match'] = etag;
    let answer, text;
    try {
      answer = await fetch(address, { headers, cache: 'no-store', signal: AbortSignal.timeout(20000) });
      text = answer.status === 200 ? await answer.text() : '';
    } catch { failed(region); return; }
    if (answer.status >= 500 || answer.status === 429) { failed(region); return; }
    if (failures >= 2) toast(region.dataset.back, 'good');
    failures = 0;
    if (answer.status === 401) { stopped = true; toast(region.dataset.signedOut, 'warn'); return; }
    if (answer.status >= 400) { stopped = true; return; }
    if (answer.status === 200) {
      if (busy() || location.pathname + location.search !== here) { later(600); return; }
      await show(text);
      const moved = answer.headers.get('HX-Replace-Url'); // what was selected is gone
      if (moved) { history.replaceState(history.state, '', moved); seen = location.pathname + location.search; }
      etag = answer.headers.get('ETag') ?? '';
    }
    later(EVERY);
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : later(0)));
  window.addEventListener('online', () => later(0));
  document.addEventListener('DOMContentLoaded', () => later(EVERY));
})();
