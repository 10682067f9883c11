package dev.fleetwright.adapters.executor;

import java.util.ArrayList;
import java.util.List;

/// A pattern for paths, as GitLab's runner has them for artifacts: `*` and `?` stay within a name,
/// `**` stands for any number of folders, `{a,b}` for either, `[a-z]` and `[^a-z]` for one
/// character; names that begin with a dot are names like others.
///
/// A path is matched name by name, so that a walk can leave out folders that lead nowhere. The time
/// is bounded by the lengths of pattern and path; there is no pattern that takes long.
final class Glob {

  private static final int MOST_ALTERNATIVES = 1000;

  private final List<String> parts;

  private Glob(List<String> parts) {
    this.parts = parts;
  }

  /// Read a pattern.
  ///
  /// @return one glob for each combination of alternatives
  static List<Glob> parse(String pattern) {
    var globs = new ArrayList<Glob>();
    for (var plain : alternatives(pattern)) {
      var parts = new ArrayList<String>();
      for (var part : plain.split("/", -1)) {
        if (!part.isEmpty() && !part.equals(".")) {
          parts.add(part);
        }
      }
      globs.add(new Glob(parts));
    }
    return globs;
  }

  /// Whether a whole path matches.
  boolean matches(String path) {
    var state = start();
    for (var name : path.split("/", -1)) {
      state = state.into(name);
    }
    return state.matches();
  }

  /// Before the first name of a path.
  State start() {
    var at = new boolean[parts.size() + 1];
    at[0] = true;
    return new State(skipped(at));
  }

  /// `**` may stand for no folder at all.
  private boolean[] skipped(boolean[] at) {
    for (var i = 0; i < parts.size(); i++) {
      if (at[i] && parts.get(i).equals("**")) {
        at[i + 1] = true;
      }
    }
    return at;
  }

  /// How much of the pattern the names so far have used up.
  final class State {
    private final boolean[] at; // may the next name be matched by this part?

    private State(boolean[] at) {
      this.at = at;
    }

    State into(String name) {
      var next = new boolean[at.length];
      for (var i = 0; i < parts.size(); i++) {
        if (at[i]) {
          if (parts.get(i).equals("**")) {
            next[i] = true;
          } else if (nameMatches(parts.get(i), name)) {
            next[i + 1] = true;
          }
        }
      }
      return new State(skipped(next));
    }

    boolean matches() {
      return at[parts.size()];
    }

    /// Whether some longer path may still match.
    boolean goesOn() {
      for (var i = 0; i < parts.size(); i++) {
        if (at[i]) {
          return true;
        }
      }
      return false;
    }
  }

  private static List<String> alternatives(String pattern) {
    var done = new ArrayList<String>();
    var open = new ArrayList<>(List.of(pattern));
    while (!open.isEmpty()) {
      var text = open.removeLast();
      var choice = firstChoice(text);
      if (choice.isEmpty()) {
        done.add(text);
        continue;
      }
      if (open.size() + done.size() + choice.size() > MOST_ALTERNATIVES) {
        throw new IllegalArgumentException(
            "`" + pattern + "` stands for more than " + MOST_ALTERNATIVES + " patterns");
      }
      open.addAll(choice);
    }
    return done;
  }

  /// The texts that the first `{…}` stands for; empty when there is none.
  private static List<String> firstChoice(String text) {
    var from = -1;
    var depth = 0;
    var commas = new ArrayList<Integer>();
    for (var at = 0; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '\\' -> at++;
        case '{' -> {
          if (depth++ == 0) {
            from = at;
            commas.add(at);
          }
        }
        case ',' -> {
          if (depth == 1) {
            commas.add(at);
          }
        }
        case '}' -> {
          if (depth > 0 && --depth == 0) {
            commas.add(at);
            var texts = new ArrayList<String>();
            for (var i = 0; i + 1 < commas.size(); i++) {
              texts.add(
                  text.substring(0, from)
                      + text.substring(commas.get(i) + 1, commas.get(i + 1))
                      + text.substring(at + 1));
            }
            return texts;
          }
        }
        default -> {}
      }
    }
    return List.of();
  }

  /// The usual two pointers: on a mismatch the last `*` takes one character more.
  private static boolean nameMatches(String pattern, String name) {
    var p = 0;
    var n = 0;
    var star = -1;
    var taken = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        taken = n;
        continue;
      }
      var next = p < pattern.length() ? oneMatches(pattern, p, name.charAt(n)) : -1;
      if (next >= 0) {
        p = next;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++taken;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /// Where the pattern goes on after one character; -1 when that one does not match.
  private static int oneMatches(String pattern, int p, char c) {
    return switch (pattern.charAt(p)) {
      case '?' -> p + 1;
      case '\\' ->
          p + 1 < pattern.length()
              ? (pattern.charAt(p + 1) == c ? p + 2 : -1)
              : c == '\\' ? p + 1 : -1;
      case '[' -> classMatches(pattern, p, c);
      default -> pattern.charAt(p) == c ? p + 1 : -1;
    };
  }

  private static int classMatches(String pattern, int p, char c) {
    var end = pattern.indexOf(']', p + 2);
    if (end < 0) {
      return c == '[' ? p + 1 : -1;
    }
    var first = pattern.charAt(p + 1);
    var negated = first == '^' || first == '!';
    var found = false;
    for (var i = p + (negated ? 2 : 1); i < end; i++) {
      var low = pattern.charAt(i);
      if (i + 2 < end && pattern.charAt(i + 1) == '-') {
        i += 2;
      }
      found |= low <= c && c <= pattern.charAt(i);
    }
    return found == negated ? -1 : end + 1;
  }

  @Override
  public String toString() {
    return String.join("/", parts);
  }
}
