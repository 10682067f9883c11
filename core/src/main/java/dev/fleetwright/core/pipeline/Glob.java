package dev.fleetwright.core.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// A pattern for paths: `*` and `?` stay within a name, `**` stands for any number of folders,
/// `{a,b}` for either, `[a-z]` and `[^a-z]` for one character; names that begin with a dot are
/// names like others. What exactly `**` means differs by where the pattern stands ([Where]).
///
/// A path is matched name by name, so that a walk can leave out folders that lead nowhere. The time
/// is bounded by the lengths of pattern and path; there is no pattern that takes long.
public final class Glob {

  private static final int MOST_ALTERNATIVES = 1000;
  private static final String ANY_FOLDERS = "**";

  private final String text;
  private final List<List<String>> ways;

  private Glob(String text, List<List<String>> ways) {
    this.text = text;
    this.ways = ways;
  }

  /// Where a pattern stands in the file.
  public enum Where {
    /// `rules:changes` and `rules:exists`: as Ruby's `File.fnmatch` with PATHNAME, DOTMATCH and
    /// EXTGLOB. A `**` that no folder follows is a `*`.
    RULES,
    /// `include:local`: `**` crosses folders wherever it stands, also within a name.
    INCLUDES,
    /// Artifacts, reports and caches: as GitLab's runner has them. A `**` at the end is the folder
    /// and all below it.
    ARTIFACTS
  }

  /// Read a pattern.
  ///
  /// @throws IllegalArgumentException if its `{…}` stand for more than 1000 patterns
  public static Glob of(Where where, String pattern) {
    var ways = new ArrayList<List<String>>();
    for (var plain : alternatives(pattern)) {
      ways.addAll(ways(where, plain));
      if (ways.size() > MOST_ALTERNATIVES) {
        throw tooMany(pattern);
      }
    }
    return new Glob(pattern, ways);
  }

  /// The same, where one that stands for too many is only itself.
  public static Glob orOnlyItself(Where where, String pattern) {
    try {
      return of(where, pattern);
    } catch (IllegalArgumentException _) {
      return new Glob(
          pattern, List.of(List.of(pattern.replaceAll("([*?\\[{\\\\])", "\\\\$1").split("/", -1))));
    }
  }

  /// Whether a text is more than a path.
  public static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  private static List<List<String>> ways(Where where, String plain) {
    var parts = List.of(plain.split("/", -1));
    return switch (where) {
      case RULES -> {
        var last = parts.size() - 1;
        yield parts.get(last).equals(ANY_FOLDERS)
            ? List.of(with(parts.subList(0, last), List.of("*")))
            : List.of(parts);
      }
      case INCLUDES -> crossing(parts);
      case ARTIFACTS ->
          List.of(parts.stream().filter(part -> !part.isEmpty() && !part.equals(".")).toList());
    };
  }

  /// `a**b` is `a*b`, or a name that begins with `a`, any folders, and a name that ends with `b`.
  private static List<List<String>> crossing(List<String> parts) {
    var ways = new ArrayList<List<String>>(List.of(List.of()));
    for (var i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var at = part.indexOf(ANY_FOLDERS);
      var choices =
          at < 0
              ? List.of(List.of(part))
              : part.equals(ANY_FOLDERS)
                  ? List.of(i < parts.size() - 1 ? List.of(part) : List.of(ANY_FOLDERS, "*"))
                  : List.of(
                      List.of(part),
                      List.of(
                          part.substring(0, at) + "*", ANY_FOLDERS, "*" + part.substring(at + 2)));
      var longer = new ArrayList<List<String>>();
      for (var way : ways) {
        choices.forEach(choice -> longer.add(with(way, choice)));
      }
      if (longer.size() > MOST_ALTERNATIVES) {
        throw tooMany(String.join("/", parts));
      }
      ways = longer;
    }
    return ways;
  }

  private static List<String> with(List<String> first, List<String> then) {
    var both = new ArrayList<>(first);
    both.addAll(then);
    return List.copyOf(both);
  }

  /// Whether a whole path matches.
  public boolean matches(String path) {
    var state = start();
    for (var name : path.split("/", -1)) {
      state = state.into(name);
      if (!state.goesOn() && !state.matches()) {
        return false;
      }
    }
    return state.matches();
  }

  /// Whether any of these paths matches.
  public boolean matchesAny(Collection<String> paths) {
    return isPattern(text) ? paths.stream().anyMatch(this::matches) : paths.contains(text);
  }

  /// Whether a path matches or lies in a folder that does.
  public boolean matchesOrHolds(String path) {
    var state = start();
    for (var name : path.split("/", -1)) {
      state = state.into(name);
      if (state.matches()) {
        return true;
      }
    }
    return false;
  }

  /// Before the first name of a path.
  public State start() {
    var at = new boolean[ways.size()][];
    for (var way = 0; way < at.length; way++) {
      at[way] = new boolean[ways.get(way).size() + 1];
      at[way][0] = true;
      skip(ways.get(way), at[way]);
    }
    return new State(at);
  }

  /// `**` may stand for no folder at all.
  private static void skip(List<String> parts, boolean[] at) {
    for (var i = 0; i < parts.size(); i++) {
      if (at[i] && parts.get(i).equals(ANY_FOLDERS)) {
        at[i + 1] = true;
      }
    }
  }

  /// How much of the pattern the names so far have used up.
  public final class State {
    // For each way and each of its parts: may it match the next name?
    private final boolean[][] at;

    private State(boolean[][] at) {
      this.at = at;
    }

    /// One name further.
    public State into(String name) {
      var next = new boolean[at.length][];
      for (var way = 0; way < at.length; way++) {
        var parts = ways.get(way);
        next[way] = new boolean[at[way].length];
        for (var i = 0; i < parts.size(); i++) {
          if (at[way][i]) {
            if (parts.get(i).equals(ANY_FOLDERS)) {
              next[way][i] = true;
            } else if (nameMatches(parts.get(i), name)) {
              next[way][i + 1] = true;
            }
          }
        }
        skip(parts, next[way]);
      }
      return new State(next);
    }

    /// Whether the names so far are a path that matches.
    public boolean matches() {
      return Arrays.stream(at).anyMatch(way -> way[way.length - 1]);
    }

    /// Whether some longer path may still match.
    public boolean goesOn() {
      for (var way : at) {
        for (var i = 0; i < way.length - 1; i++) {
          if (way[i]) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private static IllegalArgumentException tooMany(String pattern) {
    return new IllegalArgumentException(
        "`" + pattern + "` stands for more than " + MOST_ALTERNATIVES + " patterns");
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
        throw tooMany(pattern);
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
    return text;
  }
}
