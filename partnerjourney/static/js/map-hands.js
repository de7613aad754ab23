// Editing on the map: cards, phases and new hand-overs are picked up by pointer or keyboard and put down somewhere. Where that is
// goes to the server as a command on what was seen; the server decides, and the map morphs. Forms in the panel do the same.
(() => {
  'use strict';
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const plane = () => byId('plane');
  const all = (selector) => [...plane().querySelectorAll(selector)];
  const words = () => document.querySelector('.map-tools').dataset;
  const fill = (text, given) => text.replace(/\{(\w+)\}/g, (_, name) => given[name] ?? '');
  const say = (text) => { byId('say').textContent = text; };
  const idOf = (card) => card.id.slice('card-'.length);
  const titleOf = (card) => card.querySelector('.map-card-title').textContent;
  let held = null, naming = null;

  // --- where a thing can go: {to, values, where, mark}; rectangles are the screen's
  const rect = (element) => element.getBoundingClientRect();
  const cardSlots = (grip) => {
    const moving = byId(`card-${grip.dataset.card}`), cards = all('.map-card'), found = [];
    for (const phase of all('.map-phase')) {
      const path = cards.filter((card) => card.dataset.phase === phase.dataset.phase);
      const others = path.filter((card) => card !== moving);
      for (const lane of all('.map-lane[data-open]')) {
        const cell = others.filter((card) => card.dataset.lane === lane.dataset.lane);
        const own = path.includes(moving) && moving.dataset.lane === lane.dataset.lane;
        const here = own ? cell.filter((card) => path.indexOf(card) < path.indexOf(moving)).length : -1;
        for (let place = 0; place <= cell.length; place += 1) {
          const above = cell[place - 1], below = cell[place];
          const after = above ?? (below ? others[others.indexOf(below) - 1] : others.at(-1));
          const stays = place === here;
          const to = stays ? grip.dataset.was : phase.dataset.phase + (after ? `/${idOf(after)}` : '');
          const said = { phase: phase.dataset.name, card: after ? titleOf(after) : '' };
          const where = fill(after ? words().after : words().first, said);
          const other = lane.dataset.lane === moving.dataset.lane ? '' : `${lane.querySelector('.map-lane-name').textContent} · `;
          found.push({
            stays, phase, lane, above, below, empty: !cell.length, where: other + where,
            values: { version: grip.dataset.version, was: grip.dataset.was, was_party_id: moving.dataset.lane, to, party_id: lane.dataset.lane },
          });
        }
      }
    }
    return found;
  };
  const phaseSlots = (grip) => {
    const phases = all('.map-phase'), moving = byId(`phase-${grip.id.slice('grip-'.length)}`);
    const others = phases.filter((phase) => phase !== moving), here = phases.indexOf(moving);
    return [...Array(others.length + 1).keys()].map((place) => {
      const after = others[place - 1];
      return {
        stays: place === here, above: after, below: others[place], phase: null,
        where: after ? fill(words().phaseAfter, { card: after.dataset.name }) : words().phaseFirst,
        values: { version: grip.dataset.version, was: grip.dataset.was, after: after ? after.dataset.phase : '' },
      };
    });
  };
  const knotSlots = (grip) => {
    const from = byId(`card-${grip.dataset.card}`);
    return all('.map-card').filter((card) => card.dataset.lane !== from.dataset.lane).map((card) => ({
      card, stays: false, where: fill(words().to, { card: titleOf(card) }),
      values: { from_card_id: grip.dataset.card, to_card_id: idOf(card), label: '' },
    }));
  };
  const SLOTS = { card: cardSlots, phase: phaseSlots, knot: knotSlots };

  // --- the mark that shows where it would go
  const mark = (slot) => {
    for (const card of all('.is-target')) card.classList.remove('is-target');
    let line = byId('map-mark');
    if (!slot) { line?.remove(); return; }
    if (slot.card) { slot.card.classList.add('is-target'); line?.remove(); return; }
    if (!line) {
      line = document.createElement('div');
      line.id = 'map-mark';
      plane().append(line);
    }
    const zoom = plane().currentCSSZoom ?? 1, base = rect(plane());
    const place = (left, top, width, height) => {
      Object.assign(line.style, { left: `${(left - base.left) / zoom}px`, top: `${(top - base.top) / zoom}px`, width: `${width / zoom}px`, height: `${height / zoom}px` });
    };
    if (held.kind === 'phase') {
      const left = slot.above ? rect(slot.above).left + columnWidth(slot.above) + 8 * zoom : rect(slot.below).left - 12 * zoom;
      line.className = 'is-upright';
      place(left, base.top + 4 * zoom, 3 * zoom, 36 * zoom);
    } else {
      const left = rect(slot.phase).left, width = columnWidth(slot.phase), lane = rect(slot.lane);
      line.className = slot.empty ? 'is-cell' : 'is-line';
      if (slot.empty) place(left, lane.top + 16 * zoom, width, 68 * zoom);
      else place(left, slot.above ? rect(slot.above).bottom + 7 * zoom : rect(slot.below).top - 10 * zoom, width, 3 * zoom);
    }
  };
  const columnWidth = (phase) => Number(phase.dataset.w) * (plane().currentCSSZoom ?? 1);

  // --- picking up and putting down
  const pick = (grip, way) => {
    drop(false);
    const kind = grip.dataset.grip, slots = SLOTS[kind](grip);
    held = { grip, kind, way, slots, at: slots.findIndex((slot) => slot.stays) };
    root.classList.add('is-holding');
    grip.setAttribute('aria-pressed', 'true');
    if (way !== 'keys') return;
    const where = held.at < 0 ? words().nowhere : slots[held.at].where;
    say(fill(words().held, { name: grip.dataset.name, where }));
    mark(slots[held.at]);
  };
  const go = (at) => {
    if (at < 0 || at >= held.slots.length || at === held.at) return;
    held.at = at;
    const slot = held.slots[at];
    mark(slot);
    say(slot.where);
    (slot.card ?? byId('map-mark'))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const drop = (really) => {
    if (!held) return;
    const { grip, way, slots, at, ghost } = held;
    if (ghost) ghost.style.translate = '';
    ghost?.classList.remove('is-dragged');
    byId('map-thread')?.remove();
    mark(null);
    grip.setAttribute('aria-pressed', 'false');
    root.classList.remove('is-holding');
    held = null;
    const slot = slots[at];
    if (!really || !slot || slot.stays) {
      if (way === 'keys') say(fill(words().left, { name: grip.dataset.name }));
      return;
    }
    send(grip.dataset.action, slot.values, grip);
  };
  const send = async (action, values, source) => {
    const id = source.id;
    await window.htmx.ajax('POST', action, { source, target: '#chart', swap: 'outerMorph', values });
    if (id && document.activeElement === document.body) byId(id)?.focus({ preventScroll: true });
  };

  // --- keyboard: Space or Enter picks up and puts down (a screen reader's click too), arrows move, Escape leaves
  document.addEventListener('click', (event) => {
    const grip = event.target.closest?.('[data-grip]');
    if (suppressed) { suppressed = false; event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (!grip) { if (held?.way === 'keys') drop(false); return; }
    if (held?.grip === grip) drop(true); else pick(grip, 'keys');
  }, true);
  const near = (key) => {
    const { slots, at, kind } = held, step = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1;
    if (kind !== 'card' || key === 'ArrowUp' || key === 'ArrowDown') {
      if (kind !== 'card') return at < 0 ? 0 : at + step;
      const inside = slots.map((slot, index) => ({ slot, index })).filter(({ slot }) => slot.phase === slots[at].phase);
      return inside[inside.findIndex(({ index }) => index === at) + step]?.index ?? at;
    }
    const phases = all('.map-phase'), wanted = phases[phases.indexOf(slots[at].phase) + step];
    const same = slots.map((slot, index) => ({ slot, index })).filter(({ slot }) => slot.phase === wanted && slot.lane === slots[at].lane);
    const row = slots.filter((slot) => slot.phase === slots[at].phase && slot.lane === slots[at].lane).indexOf(slots[at]);
    return (same[row] ?? same.at(-1))?.index ?? at;
  };
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select');
    if (held && event.key === 'Escape') { event.preventDefault(); event.stopImmediatePropagation(); drop(false); return; }
    if (held?.way === 'keys' && event.key.startsWith('Arrow')) { event.preventDefault(); go(near(event.key)); return; }
    if (typing || event.altKey || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
      const undo = [...document.querySelectorAll('.toast.is-good[data-command] form')].at(-1);
      if (undo) { event.preventDefault(); undo.requestSubmit(); }
    } else if (event.key === 'F2') {
      const thing = event.target.closest?.('.map-card, .map-phase, [data-grip]');
      if (thing) { event.preventDefault(); rename(thing); }
    }
  }, true);
  document.addEventListener('focusout', (event) => {
    if (held?.way === 'keys' && event.target === held.grip && event.relatedTarget) drop(false);
  });

  // --- pointer: a handle by mouse, pen and finger; the whole card by mouse
  let pressed = null, suppressed = false;
  document.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    let grip = event.target.closest?.('[data-grip]');
    const card = event.target.closest?.('.map-card[data-own]');
    if (!grip && card && event.pointerType === 'mouse') grip = byId(`grip-${idOf(card)}`);
    pressed = grip ? { grip, x: event.clientX, y: event.clientY, id: event.pointerId } : null;
  });
  document.addEventListener('dragstart', (event) => { if (event.target.closest?.('.map-card')) event.preventDefault(); });
  const thread = (event) => {
    const base = rect(plane()), zoom = plane().currentCSSZoom ?? 1, from = rect(held.grip);
    let drawn = byId('map-thread');
    if (!drawn) {
      drawn = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      drawn.id = 'map-thread';
      drawn.append(document.createElementNS('http://www.w3.org/2000/svg', 'line'));
      plane().append(drawn);
    }
    const ends = { x1: from.left + from.width / 2, y1: from.top + from.height / 2, x2: event.clientX, y2: event.clientY };
    for (const [name, value] of Object.entries(ends)) drawn.firstChild.setAttribute(name, (value - (name[0] === 'x' ? base.left : base.top)) / zoom);
  };
  const under = (event) => {
    const { kind, slots, grip } = held;
    if (kind === 'knot') {
      const card = document.elementsFromPoint(event.clientX, event.clientY).map((element) => element.closest('.map-card')).find(Boolean);
      return slots.findIndex((slot) => slot.card === card);
    }
    if (kind === 'phase') {
      const moving = byId(`phase-${grip.id.slice('grip-'.length)}`), others = all('.map-phase').filter((phase) => phase !== moving);
      return others.filter((phase) => rect(phase).left + columnWidth(phase) / 2 < event.clientX).length;
    }
    const phases = all('.map-phase'), lanes = all('.map-lane');
    const middle = (phase) => Math.abs(rect(phase).left + columnWidth(phase) / 2 - event.clientX);
    const phase = phases.reduce((best, next) => (middle(next) < middle(best) ? next : best));
    const lane = lanes.find((one) => rect(one).top <= event.clientY && event.clientY < rect(one).bottom);
    const inside = slots.map((slot, index) => ({ slot, index })).filter(({ slot }) => slot.phase === phase && slot.lane === lane);
    const over = inside.filter(({ slot }) => slot.below && rect(slot.below).top + rect(slot.below).height / 2 < event.clientY).length;
    return inside[over]?.index ?? -1;
  };
  document.addEventListener('pointermove', (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    const dx = event.clientX - pressed.x, dy = event.clientY - pressed.y;
    if (!held || held.way !== 'pointer') {
      if (Math.hypot(dx, dy) < 5 || !pressed.grip.isConnected) return;
      pick(pressed.grip, 'pointer');
      held.ghost = held.kind === 'card' ? byId(`card-${pressed.grip.dataset.card}`) : null;
      held.ghost?.classList.add('is-dragged');
    }
    event.preventDefault();
    const zoom = plane().currentCSSZoom ?? 1;
    if (held.ghost) held.ghost.style.translate = `${dx / zoom}px ${dy / zoom}px`;
    if (held.kind === 'knot') thread(event);
    held.at = under(event);
    mark(held.slots[held.at]);
    root.classList.toggle('is-nowhere', held.at < 0);
    const view = document.querySelector('.map'), edge = rect(view), reach = 48;
    if (event.clientX > edge.right - reach) view.scrollLeft += 12;
    else if (event.clientX < edge.left + reach + 112) view.scrollLeft -= 12;
  });
  const up = (event, really) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    pressed = null;
    root.classList.remove('is-nowhere');
    if (held?.way !== 'pointer') return;
    suppressed = really;
    setTimeout(() => { suppressed = false; }, 50);
    drop(really);
  };
  document.addEventListener('pointerup', (event) => up(event, true));
  document.addEventListener('pointercancel', (event) => up(event, false));

  // --- a name is typed where it stands
  const rename = (thing) => {
    const card = thing.closest('.map-card') ?? (thing.dataset.card ? byId(`card-${thing.dataset.card}`) : null);
    const grip = card ? byId(`grip-${idOf(card)}`) : thing.closest('.map-phase')?.querySelector('[data-grip]');
    if (!grip || byId('map-rename')) return;
    const place = card ?? grip.closest('.map-phase'), box = document.createElement('form'), field = document.createElement('input');
    box.id = 'map-rename';
    box.className = card ? 'is-card' : 'is-phase';
    Object.assign(box.style, { left: `${place.offsetLeft}px`, top: `${place.offsetTop}px` });
    Object.assign(field, { value: grip.dataset.name, maxLength: 80, required: true, autocomplete: 'off' });
    field.setAttribute('aria-label', words().name);
    box.append(field);
    plane().append(box);
    root.classList.add('is-holding');
    field.focus();
    field.select();
    const close = naming = (save) => {
      if (naming !== close) return;
      naming = null;
      const name = field.value.trim();
      box.remove();
      root.classList.remove('is-holding');
      (card ?? place.querySelector('a'))?.focus({ preventScroll: true });
      if (!save || name === grip.dataset.name) return;
      const values = { version: grip.dataset.version, was: grip.dataset.name, name };
      send(grip.dataset.action.replace('/place', '/name'), values, grip);
    };
    box.addEventListener('submit', (event) => { event.preventDefault(); event.stopPropagation(); close(true); });
    field.addEventListener('keydown', (event) => { event.stopPropagation(); if (event.key === 'Escape') close(false); });
    field.addEventListener('blur', () => close(true));
  };
  document.addEventListener('dblclick', (event) => {
    const thing = event.target.closest?.('.map-card[data-own], .map-phase');
    if (thing) { event.preventDefault(); rename(thing); }
  });

  // --- after an answer: faults first, else nobody's focus is lost; one command is offered at a time
  document.addEventListener('htmx:before:swap', (event) => {
    drop(false);
    if (naming && event.detail.ctx.request?.method === 'GET') event.preventDefault(); // two clicks open a panel, too
    else naming?.(false);
  });
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    if (ctx.target?.id !== 'chart' || !ctx.response) return;
    const summary = ctx.response.status === 422 && document.querySelector('#panel .error-summary');
    if (summary) summary.focus();
    else if (document.activeElement === document.body) (document.querySelector('#panel h2') ?? byId('main')).focus({ preventScroll: true });
  });
})();
