package dev.fleetwright.pipeline.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A condition over variables, as in `rules: - if: $CI_COMMIT_BRANCH == "main"` (contract 2a.4).
///
/// Evaluation has no side effects, takes time linear in pattern and text (RE2), and cannot fail:
/// what makes no sense does not hold.
public sealed interface Expression {

  /// Whether the condition holds for these variables. A name that is not in the map is undefined.
  boolean holds(Map<String, String> variables);

  /// In the language's own words; parsing it again gives an equal expression.
  String text();

  record Or(Expression left, Expression right) implements Expression {
    @Override
    public boolean holds(Map<String, String> variables) {
      return left.holds(variables) || right.holds(variables);
    }

    @Override
    public String text() {
      return left.text() + " || " + (right instanceof Or ? "(" + right.text() + ")" : right.text());
    }
  }

  record And(Expression left, Expression right) implements Expression {
    @Override
    public boolean holds(Map<String, String> variables) {
      return left.holds(variables) && right.holds(variables);
    }

    @Override
    public String text() {
      var first = left instanceof Or ? "(" + left.text() + ")" : left.text();
      var second =
          switch (right) {
            case Or _, And _ -> "(" + right.text() + ")";
            case Comparison _, Atom _ -> right.text();
          };
      return first + " && " + second;
    }
  }

  record Comparison(Atom left, Comparator comparator, Atom right) implements Expression {
    @Override
    public boolean holds(Map<String, String> variables) {
      return switch (comparator) {
        case EQUALS -> same(variables);
        case DIFFERS -> !same(variables);
        case MATCHES -> matches(variables);
        case MATCHES_NOT -> !matches(variables);
      };
    }

    private boolean same(Map<String, String> variables) {
      if (left instanceof Regex || right instanceof Regex) {
        return false;
      }
      var first = left.value(variables);
      var second = right.value(variables);
      return first == null ? second == null : first.equals(second);
    }

    /// An undefined variable is matched as the empty text.
    private boolean matches(Map<String, String> variables) {
      var subject = left.value(variables);
      return pattern(variables)
          .map(pattern -> pattern.matcher(subject == null ? "" : subject).find())
          .orElse(false);
    }

    private Optional<Pattern> pattern(Map<String, String> variables) {
      return switch (right) {
        case Regex(var pattern) -> Optional.of(pattern);
        case Variable variable -> {
          var value = variable.value(variables);
          yield value == null ? Optional.empty() : Regex.of(value).map(Regex::pattern);
        }
        case Literal _, Undefined _ -> Optional.empty();
      };
    }

    @Override
    public String text() {
      return left.text() + " " + comparator.sign + " " + right.text();
    }
  }

  /// How two atoms are compared.
  enum Comparator {
    EQUALS("=="),
    DIFFERS("!="),
    MATCHES("=~"),
    MATCHES_NOT("!~");

    final String sign;

    Comparator(String sign) {
      this.sign = sign;
    }
  }

  /// What stands for a value. Alone, it holds if the value is there and is not blank.
  sealed interface Atom extends Expression {
    @Nullable String value(Map<String, String> variables);

    @Override
    default boolean holds(Map<String, String> variables) {
      var value = value(variables);
      return value != null && !value.isBlank();
    }
  }

  record Variable(String name) implements Atom {
    @Override
    public @Nullable String value(Map<String, String> variables) {
      return variables.get(name);
    }

    @Override
    public String text() {
      return "$" + name;
    }
  }

  /// There are no escapes: a text with one kind of quote in it is written with the other.
  record Literal(String value) implements Atom {
    @Override
    public String value(Map<String, String> variables) {
      return value;
    }

    @Override
    public String text() {
      return value.contains("\"") ? "'" + value + "'" : "\"" + value + "\"";
    }
  }

  /// `null`.
  record Undefined() implements Atom {
    @Override
    public @Nullable String value(Map<String, String> variables) {
      return null;
    }

    @Override
    public String text() {
      return "null";
    }
  }

  /// `/…/` with flags. Equal if written alike; RE2, so anchors are those of the whole text.
  record Regex(Pattern pattern) implements Atom {
    /// The pattern that a text such as `/^v\d+/i` stands for; empty if it is none.
    public static Optional<Regex> of(String text) {
      var end = text.lastIndexOf('/');
      if (!text.startsWith("/") || end < 2 || !text.substring(end + 1).matches("[ismU]*")) {
        return Optional.empty();
      }
      var flags = text.substring(end + 1);
      var body = text.substring(1, end).replace("\\/", "/");
      try {
        return Optional.of(
            new Regex(Pattern.compile(flags.isEmpty() ? body : "(?" + flags + ")" + body)));
      } catch (PatternSyntaxException _) {
        return Optional.empty();
      }
    }

    @Override
    public String value(Map<String, String> variables) {
      return text();
    }

    @Override
    public String text() {
      return "/" + pattern.pattern().replace("/", "\\/") + "/";
    }
  }
}
