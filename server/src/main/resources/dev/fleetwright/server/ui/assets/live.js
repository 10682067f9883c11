// What makes the pages live; they work without it.
//
// One stream of events tells that something moved. When it concerns what a page shows, the page's
// region is fetched again and put in place; the events themselves are never shown, so that there is
// one way only in which HTML comes about: the server's templates.
(() => {
  "use strict";

  // htmx hands the server's answers to sinks that turn text into elements. Under trusted types that
  // takes a policy. Ours lets markup through and nothing that could run: the templates of fragments
  // contain none of these, and what users write arrives escaped, without a `<`.
  const ACTIVE = /<\s*(script|iframe|object|embed|base|meta|link)\b/i;
  if (window.trustedTypes) {
    window.trustedTypes.createPolicy("default", {
      createHTML: (text) => {
        if (ACTIVE.test(text)) {
          throw new TypeError("refused to show an answer with active content");
        }
        return text;
      },
    });
  }

  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const page = () => $("page");

  // --- the stream

  const RENEW_AFTER = 120; // ms; many events of one change become one fetch
  const HIDDEN_FOR = 15000; // ms; browsers allow few connections, so a hidden tab gives its own back
  let stream = null;
  let last = "";
  let broken = true; // what moved between the making of the page and the stream was not heard
  let renewing = 0;
  let parting = 0;

  const WORDS = { live: "live", broken: "reconnecting", off: "not live" };
  const say = (state) => {
    const light = $("connection");
    if (light && light.dataset.state !== state) {
      light.dataset.state = state;
      $("connection-word").textContent = WORDS[state];
    }
  };

  const renew = () => {
    renewing ||= setTimeout(() => {
      renewing = 0;
      if (page()?.dataset.live) {
        window.htmx?.trigger(page(), "live");
      }
    }, RENEW_AFTER);
  };

  // Whether an event is about what the page shows: every `key=value` of the page is the event's.
  const concerns = (event) => {
    const wanted = page()?.dataset.live;
    if (!wanted || wanted === "*") {
      return Boolean(wanted);
    }
    const { keys } = JSON.parse(event.data);
    return wanted.split(" ").every((pair) => {
      const [key, value] = pair.split("=");
      return String(keys[key]) === decodeURIComponent(value);
    });
  };

  const heard = (event) => {
    if (event.lastEventId) {
      last = event.lastEventId;
    }
    if (concerns(event)) {
      renew();
    }
  };

  // Whatever the page shows may be old.
  const renewAll = () => {
    renew();
    document.querySelectorAll(".tail").forEach((tail) => window.htmx?.trigger(tail, "again"));
  };

  const TOPICS = ["project", "pipeline", "job", "release", "environment", "deploy"];

  const listen = () => {
    const address = document.body.dataset.events;
    if (!address || stream || !window.EventSource) {
      return;
    }
    stream = new EventSource(last ? address + "?after=" + encodeURIComponent(last) : address);
    stream.onopen = () => {
      say("live");
      if (broken) {
        // What happened meanwhile is told again from the last event on; the logs ask for themselves.
        broken = false;
        renewAll();
      }
    };
    stream.onerror = () => {
      broken = true;
      say("broken");
      if (stream.readyState === EventSource.CLOSED) {
        stream = null;
        setTimeout(listen, 2000 + Math.random() * 3000);
      }
    };
    TOPICS.forEach((topic) => stream.addEventListener(topic, heard));
    // Events were missed that the server no longer has.
    stream.addEventListener("reset", (event) => {
      last = event.lastEventId;
      renewAll();
    });
  };

  const part = () => {
    stream?.close();
    stream = null;
    broken = true;
    say("off");
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(parting);
    if (document.hidden) {
      parting = setTimeout(part, HIDDEN_FOR);
    } else {
      listen();
    }
  });
  addEventListener("pagehide", part);
  addEventListener("pageshow", (event) => event.persisted && listen());

  // --- putting a renewed page in place

  let opened = new Set();
  let shown = "";
  let atEnd = new Set();

  const ending = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, requestConfig } = event.detail;
    atEnd = new Set([...document.querySelectorAll(".log")].filter(ending));
    if (target?.id !== "page") {
      return;
    }
    const renewal = requestConfig?.triggeringEvent?.type === "live";
    if (renewal && (xhr.responseText === shown || busy())) {
      event.detail.shouldSwap = false;
      return;
    }
    shown = renewal ? xhr.responseText : "";
    opened = new Set(
      [...document.querySelectorAll("#page details[id][open]")].map((details) => details.id),
    );
    if (!renewal) {
      opened.clear();
    }
  });

  // A form that a person is filling in is left alone; it is renewed when the next event comes.
  const busy = () => {
    const field = document.activeElement;
    const writing = field?.closest("#page") && field.matches("input:not([type=search]), textarea");
    if (writing && field.value) {
      field.addEventListener("blur", renew, { once: true });
      return true;
    }
    return false;
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const swapped = event.detail.target;
    if (swapped?.id === "panel-body") {
      showPanel();
      return;
    }
    if (swapped?.id === "page") {
      opened.forEach((id) => $(id)?.setAttribute("open", ""));
      const { announce, title } = page().dataset;
      if (title) {
        document.title = title;
      }
      if (announce && $("announce").textContent !== announce) {
        $("announce").textContent = announce;
      }
    }
    document.querySelectorAll(".log").forEach((box) => {
      if (atEnd.has(box)) {
        box.scrollTop = box.scrollHeight;
      }
    });
  });

  // A part of a log that could not be fetched is asked for again, slower and slower.
  let patience = 1000;
  const again = (event) => {
    const tail = event.detail.elt;
    if (tail?.classList.contains("tail")) {
      patience = Math.min(patience * 2, 30000);
      setTimeout(() => tail.isConnected && window.htmx?.trigger(tail, "again"), patience);
    }
  };
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) =>
    document.addEventListener(name, again),
  );

  // --- the panel

  const showPanel = () => {
    const panel = $("panel");
    if (!panel.open) {
      panel.showModal();
    }
    const first = panel.querySelector("input:checked, #confirm");
    first?.focus();
  };

  const closePanel = () => {
    $("panel").close();
    $("panel-body").replaceChildren();
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("dialog [data-close]") || target === $("panel")) {
      event.preventDefault();
      closePanel();
      return;
    }
    // An opened menu or question closes when the click goes elsewhere.
    document.querySelectorAll("details.ask[open], details.menu[open]").forEach((details) => {
      if (!details.contains(target)) {
        details.open = false;
      }
    });
  });

  // --- keys

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.ask[open], details.menu[open]").forEach((details) => {
        details.open = false;
        details.querySelector("summary").focus();
      });
      return;
    }
    if (event.target.matches("input, textarea, select") || $("panel")?.open) {
      return;
    }
    const wanted =
      event.key === "/" ? "[data-slash]" : /^[a-z]$/.test(event.key) ? `[data-key=${event.key}]` : "";
    const found = wanted && document.querySelector(wanted);
    if (found) {
      event.preventDefault();
      found.focus();
      if (!found.matches("input")) {
        found.click();
      }
    }
  });

  // --- light and dark

  const THEMES = ["auto", "light", "dark"];
  const NAMES = { auto: "automatic", light: "light", dark: "dark" };
  const dress = (theme) => {
    root.dataset.theme = theme;
    $("theme-word").textContent = "Theme: " + NAMES[theme];
  };

  // --- ages

  const length = (seconds) =>
    seconds < 60
      ? `${seconds} s`
      : seconds < 3600
        ? `${Math.floor(seconds / 60)} min`
        : seconds < 172800
          ? `${Math.floor(seconds / 3600)} h`
          : `${Math.floor(seconds / 86400)} days`;

  const age = () => {
    if (document.hidden) {
      return;
    }
    document.querySelectorAll("time[datetime]").forEach((time) => {
      const seconds = Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000);
      const words = Number.isNaN(seconds)
        ? time.textContent
        : seconds < -5
          ? "in " + length(-seconds)
          : seconds < 5
            ? "just now"
            : length(seconds) + " ago";
      if (time.textContent !== words) {
        time.textContent = words;
      }
    });
  };

  addEventListener("DOMContentLoaded", () => {
    const button = $("theme");
    button.hidden = false;
    const chosen = /fleetwright-theme=(light|dark)/.exec(document.cookie);
    dress(chosen ? chosen[1] : "auto");
    button.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
      dress(next);
      document.cookie = `fleetwright-theme=${next}; path=/; max-age=31536000; samesite=lax`;
    });
    document.querySelectorAll(".log").forEach((box) => (box.scrollTop = box.scrollHeight));
    setInterval(age, 10000);
    // Health moves without events.
    setInterval(() => document.hidden || renew(), 30000);
    listen();
  });
})();
