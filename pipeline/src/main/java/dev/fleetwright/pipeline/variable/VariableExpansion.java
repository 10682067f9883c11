package dev.fleetwright.pipeline.variable;

import dev.fleetwright.pipeline.graph.Circles;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes variables into texts, in GitLab's two rounds (contract 2a.7).
///
/// The *server's* round ([#inText]) knows `$NAME`, `${NAME}` and `%NAME%`, goes on into the values
/// that it puts in, and leaves alone what it does not know, because the machine that runs the job
/// may. The *runner's* round ([#onRunner]) follows, once and not into values; there an unknown name
/// is nothing, and `$$` is one `$`.
///
/// A raw variable (`expand: false`) is put in as it stands; one of type file is not put in, since a
/// script wants its path. Variables that lead back to themselves stay as written.
public final class VariableExpansion {
  /// Ten variables that each name the one before twice make a thousand-fold text; no value gets
  /// longer than this.
  private static final int LONGEST = 256 * 1024;

  /// A chain of more variables than this is left as written; it would take a stack as deep.
  private static final int DEEPEST = 200;

  private final Map<String, Variable> variables;
  private final Map<String, String> values = new HashMap<>();

  /// Most texts name no variable, and a pipeline has an expansion for each of its jobs: the values
  /// are worked out when the first is asked for.
  private boolean worked;

  private VariableExpansion(Map<String, Variable> variables) {
    this.variables = new TreeMap<>(variables);
  }

  private void work() {
    if (worked) {
      return;
    }
    worked = true;
    var inCircle = circles();
    for (var variable : variables.values()) {
      if (variable.raw() || inCircle.contains(variable.name())) {
        values.put(variable.name(), variable.value());
      }
    }
    variables.keySet().forEach(name -> value(name, 0));
  }

  public static VariableExpansion of(Map<String, Variable> variables) {
    return new VariableExpansion(variables);
  }

  /// The server's round on a text such as `review/$CI_COMMIT_REF_SLUG`.
  public String inText(String text) {
    return replaced(text, this::known, true);
  }

  /// The server's round on all variables: each value with the others written in, in the given
  /// order.
  public static SequencedMap<String, Variable> all(SequencedMap<String, Variable> variables) {
    var expansion = of(variables);
    expansion.work();
    var result = new LinkedHashMap<String, Variable>();
    variables.forEach((name, variable) ->
        result.put(name, variable.withValue(expansion.values.getOrDefault(name, ""))));
    return result;
  }

  private @Nullable String known(String name) {
    var variable = variables.get(name);
    if (variable == null || variable.file()) {
      return null;
    }
    work();
    return values.get(name);
  }

  private @Nullable String value(String name, int depth) {
    var variable = variables.get(name);
    if (variable == null || depth > DEEPEST) {
      return null;
    }
    var done = values.get(name);
    if (done != null) {
      return done;
    }
    var value =
        variable.file()
            ? variable.value()
            : replaced(
                variable.value(),
                other -> {
                  var next = variables.get(other);
                  return next == null || next.file() ? null : value(other, depth + 1);
                },
                true);
    values.put(name, value);
    return value;
  }

  /// Names that lead back to themselves, or to a name that does.
  private Set<String> circles() {
    var uses = new HashMap<String, Set<String>>();
    for (var variable : variables.values()) {
      var used = new HashSet<String>();
      if (!variable.raw() && !variable.file()) {
        replaced(
            variable.value(),
            name -> {
              if (variables.containsKey(name)) {
                used.add(name);
              }
              return null;
            },
            true);
      }
      uses.put(variable.name(), used);
    }
    // All that lead to a circle, and not only those in it: GitLab then leaves everything as
    // written.
    return Circles.in(uses).endless();
  }

  /// The runner's round: once, unknown names become nothing, `$$` becomes `$`. `%NAME%` is left
  /// alone.
  public static String onRunner(String text, Map<String, String> environment) {
    return replaced(text, name -> environment.getOrDefault(name, ""), false);
  }

  /// @param value what to write for a name; null leaves the text as it is
  private static String replaced(
      String text, Function<String, @Nullable String> value, boolean server) {
    if (text.indexOf('$') < 0 && (!server || text.indexOf('%') < 0)) {
      return text;
    }
    var result = new StringBuilder();
    var next = 0;
    while (next < text.length()) {
      var c = text.charAt(next);
      if (c != '$' && !(server && c == '%')) {
        result.append(c);
        next++;
        continue;
      }
      if (next + 1 < text.length() && text.charAt(next + 1) == c) {
        result.append(server ? String.valueOf(c) + c : "$");
        next += 2;
        continue;
      }
      var reference = Name.at(text, next);
      if (reference == null) {
        result.append(c);
        next++;
        continue;
      }
      var replacement = value.apply(reference.name());
      result.append(replacement == null ? text.substring(next, reference.end()) : replacement);
      next = reference.end();
      if (result.length() > LONGEST) {
        return text;
      }
    }
    return result.toString();
  }

  /// A name in `$NAME`, `${NAME}` or `%NAME%` and where it ends.
  private record Name(String name, int end) {
    static @Nullable Name at(String text, int start) {
      var percent = text.charAt(start) == '%';
      var braces = !percent && start + 1 < text.length() && text.charAt(start + 1) == '{';
      var from = start + (braces ? 2 : 1);
      var end = from;
      while (end < text.length() && isPart(text.charAt(end), end == from)) {
        end++;
      }
      if (end == from) {
        return null;
      }
      if (!braces && !percent) {
        return new Name(text.substring(from, end), end);
      }
      var closed = end < text.length() && text.charAt(end) == (percent ? '%' : '}');
      return closed ? new Name(text.substring(from, end), end + 1) : null;
    }

    private static boolean isPart(char c, boolean first) {
      return c == '_'
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (!first && c >= '0' && c <= '9');
    }
  }
}
