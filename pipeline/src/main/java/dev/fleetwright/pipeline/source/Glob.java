package dev.fleetwright.pipeline.source;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;

/// A file pattern such as `src/**/*.java`.
///
/// `*` and `?` stay within one folder, `**/` is any number of folders, `[a-z]` one character of a
/// set, `{a,b}` one of two; names that start with a point are matched as any other. Matching takes
/// time linear in the path, whatever the pattern.
public final class Glob {
  private static final int LONGEST = 1_000;

  private final String text;
  private final Pattern pattern;

  private Glob(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /// As Ruby's `File.fnmatch` with PATHNAME, DOTMATCH and EXTGLOB: what `rules:changes` and
  /// `rules:exists` use. A `**` that is not a whole path part is a `*`.
  public static Glob of(String text) {
    return new Glob(text, compile(text, false));
  }

  /// As `include:local` and artifact paths use it: `**` crosses folders wherever it stands.
  public static Glob crossing(String text) {
    return new Glob(text, compile(text, true));
  }

  public static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  public boolean matches(String path) {
    return pattern.matches(path);
  }

  public boolean matchesAny(Collection<String> paths) {
    return Glob.isPattern(text) ? paths.stream().anyMatch(this::matches) : paths.contains(text);
  }

  private static Pattern compile(String glob, boolean crossing) {
    // A pattern that is too long or not well formed matches only itself, as the shell has it.
    if (glob.length() > LONGEST) {
      return Pattern.compile(Pattern.quote(glob));
    }
    try {
      return Pattern.compile("(?s)" + translated(glob, crossing));
    } catch (PatternSyntaxException _) {
      return Pattern.compile(Pattern.quote(glob));
    }
  }

  private static String translated(String glob, boolean crossing) {
    var regex = new StringBuilder();
    var open = 0;
    for (var i = 0; i < glob.length(); i++) {
      var c = glob.charAt(i);
      switch (c) {
        case '*' -> {
          var partStart = i == 0 || glob.charAt(i - 1) == '/';
          if (partStart && glob.startsWith("**/", i)) {
            regex.append("(?:[^/]+/)*");
            i += 2;
          } else if (glob.startsWith("**", i)) {
            regex.append(crossing ? ".*" : "[^/]*");
            i++;
          } else {
            regex.append("[^/]*");
          }
        }
        case '?' -> regex.append("[^/]");
        case '[' -> {
          var end = glob.indexOf(']', i + 2);
          if (end < 0) {
            regex.append("\\[");
          } else {
            var set = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
            regex
                .append('[')
                .append(set.startsWith("!") ? "^" + set.substring(1) : set)
                .append(']');
            i = end;
          }
        }
        case '{' -> {
          if (glob.indexOf('}', i) < 0) {
            regex.append("\\{");
          } else {
            regex.append("(?:");
            open++;
          }
        }
        case '}' -> {
          if (open > 0) {
            regex.append(')');
            open--;
          } else {
            regex.append("\\}");
          }
        }
        case ',' -> regex.append(open > 0 ? "|" : ",");
        case '\\' -> {
          if (i + 1 < glob.length()) {
            i++;
          }
          regex.append(Pattern.quote(String.valueOf(glob.charAt(i))));
        }
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return regex.toString();
  }

  @Override
  public String toString() {
    return text;
  }
}
