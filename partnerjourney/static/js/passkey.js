// Passkeys: asks the browser for one, puts its answer into a field of the form, and sends the form. Buttons say what to do:
//   data-passkey="get" data-options="address" data-field="name"          an answer to a fresh challenge
//   data-passkey="create" data-new='{"challenge": …}' data-field="name"  a new passkey
// data-failed is said where it does not work out. Without JavaScript the pages say that a passkey needs it.
(() => {
  'use strict';
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const able = Boolean(window.PublicKeyCredential && navigator.credentials);
  document.documentElement.classList.toggle('no-passkeys', !able);

  const create = async (button) => {
    const options = JSON.parse(button.dataset.new);
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = (options.excludeCredentials ?? []).map((one) => ({...one, id: bytes(one.id)}));
    const made = await navigator.credentials.create({publicKey: options});
    return {
      id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
      response: {
        attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON),
        transports: made.response.getTransports?.() ?? [],
      },
    };
  };

  const get = async (button) => {
    const answer = await fetch(button.dataset.options, {method: 'POST', headers: {Accept: 'application/json'}});
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    options.allowCredentials = [];
    const given = await navigator.credentials.get({publicKey: options});
    return {
      id: given.id, rawId: text(given.rawId), type: given.type, clientExtensionResults: {},
      response: {
        authenticatorData: text(given.response.authenticatorData), clientDataJSON: text(given.response.clientDataJSON),
        signature: text(given.response.signature), userHandle: text(given.response.userHandle),
      },
    };
  };

  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-passkey]');
    if (!button) return;
    event.preventDefault();
    if (!button.form.reportValidity()) return;
    button.disabled = true;
    try {
      const answer = await (button.dataset.passkey === 'create' ? create(button) : get(button));
      button.form.elements[button.dataset.field].value = JSON.stringify(answer);
      button.form.submit();
    } catch {
      document.dispatchEvent(new CustomEvent('toast', {detail: {text: button.dataset.failed, kind: 'bad'}}));
    } finally {
      button.disabled = false;
    }
  });
})();
