// The answer's part of the page. Its words come from the server.

/** The bars of a model that has not answered. */
export function levelBars(labels) {
  return labels.map((label) => ({ label, probability: 0, percent: "" }));
}

/** Show answers in a section; `labels` gives those of the model that is asked. */
export function answerView(section, modelUrl, labels, words) {
  const part = (name) => section.querySelector(`[data-${name}]`);
  const bars = part("bars");
  const blankBar = bars.firstElementChild.cloneNode(true);

  function say({ lead, headline = "", certainty = "", guess = "", problem = "" }) {
    section.classList.remove("answer--empty", "answer--none");
    part("lead").textContent = lead;
    part("headline").textContent = headline;
    part("headline").classList.toggle("verdict__headline--words", headline.length > 2);
    part("certainty").textContent = certainty;
    part("guess").textContent = guess;
    part("problem").textContent = problem;
    part("problem").hidden = !problem;
  }

  function see(src, alt) {
    part("model-input").hidden = !src;
    if (src) Object.assign(part("model-input"), { src, alt });
  }

  function explain(src, label) {
    part("decided").hidden = !src;
    if (!src) return;
    part("decided-picture").src = src;
    part("decided-label").textContent = label;
  }

  function name({ name, version }) {
    part("model").textContent = `${name} ${version}`;
    part("model").href = modelUrl.replace("NAME", encodeURIComponent(name));
  }

  function fill(bar, { label, probability, percent }, best) {
    bar.classList.toggle("bar--best", label === best);
    bar.querySelector(".bar__label").textContent = label;
    bar.querySelector(".bar__meter").value = probability;
    bar.querySelector(".bar__percent").textContent = percent;
  }

  /** Bars stay in place and only change, so that they move instead of flickering. */
  function raise(shares, best) {
    while (bars.children.length > shares.length) bars.lastElementChild.remove();
    while (bars.children.length < shares.length) bars.append(blankBar.cloneNode(true));
    shares.forEach((share, i) => fill(bars.children[i], share, best));
  }

  function level() {
    see(null);
    explain(null);
    raise(levelBars(labels()), null);
  }

  return {
    name,
    explain,
    busy: (busy) => section.setAttribute("aria-busy", String(busy)),
    empty() {
      say({ lead: words.waiting, headline: "?" });
      section.classList.add("answer--empty");
      level();
    },
    refuse(problem) {
      say({ lead: words.no_answer, problem });
      level();
    },
    show(answer) {
      say(answer.verdict);
      section.classList.toggle("answer--none", answer.shows_no_label);
      see(answer.model_input, answer.model_input_alt);
      explain(answer.explanation_picture, answer.label);
      raise(answer.bars, answer.label);
      name(answer.model);
    },
  };
}
