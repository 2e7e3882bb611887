// "Was this right?": one tap on a label sends the picture with it; another changes it, and it can be taken back.

import { ask, say } from "../asking.js";

/** Offer the labels under each answer, in an element that has a form for what is sent. */
export function feedback(element, words) {
  const part = (name) => element.querySelector(`[data-feedback-${name}]`);
  const { keep, takeBack } = element.dataset;
  let answer = null;
  let picture = null;
  let receipt = "";

  function tell(text, { kept = false } = {}) {
    part("said").textContent = text;
    part("take-back").hidden = !kept;
  }

  function choice(label, text) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.className = "button button--small choice";
    button.classList.toggle("choice--answer", label === answer.label && !answer.shows_no_label);
    button.setAttribute("aria-pressed", "false");
    button.dataset.label = label;
    return button;
  }

  function fields(more) {
    const form = new FormData();
    form.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const [name, value] of Object.entries(more)) form.set(name, value);
    return form;
  }

  function press(label) {
    for (const button of part("labels").children) button.setAttribute("aria-pressed", String(button.dataset.label === label));
  }

  async function send(label) {
    const mine = answer;
    const model = `${answer.model.name}@${answer.model.version}`;
    press(label);
    tell(words.sending);
    try {
      const said = await ask(keep, fields({ image: picture, label, model, receipt }), words);
      if (mine !== answer) return;
      receipt = said.receipt;
      tell(label ? say(words.kept, { label }) : words.kept_none, { kept: true });
    } catch (problem) {
      if (mine !== answer) return;
      press(null);
      tell(problem.message);
    }
  }

  async function forget() {
    const mine = answer;
    try {
      await ask(takeBack, fields({ receipt }), words);
      if (mine !== answer) return;
      receipt = "";
      press(null);
      tell(words.taken_back);
    } catch (problem) {
      if (mine === answer) tell(problem.message, { kept: true });
    }
  }

  part("labels").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) send(button.dataset.label);
  });
  part("take-back").addEventListener("click", forget);

  return {
    /** Ask about this answer to that picture. */
    about(newAnswer, labels, newPicture) {
      answer = newAnswer;
      picture = newPicture;
      receipt = "";
      part("labels").replaceChildren(...labels.map((label) => choice(label, label)), choice("", words.none_of_them));
      tell("");
      element.hidden = false;
    },
    hide() {
      answer = null;
      element.hidden = true;
    },
  };
}
