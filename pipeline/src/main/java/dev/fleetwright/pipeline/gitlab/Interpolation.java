package dev.fleetwright.pipeline.gitlab;

import com.google.re2j.Pattern;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes inputs into the text of a file: `$[[ inputs.name | function | … ]]`.
///
/// GitLab does so before it reads YAML, so a text with line breaks or colons in it becomes what
/// YAML makes of that; numbers, truths and lists are written as JSON.
final class Interpolation {
  private static final Pattern BLOCK = Pattern.compile("\\$\\[\\[\\s*(\\S.*?)\\s*\\]\\]");
  private static final Pattern TRUNCATE =
      Pattern.compile("truncate\\(\\s*(\\d{1,9})\\s*,\\s*(\\d{1,9})\\s*\\)?");
  private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_\\-.,:+/@\\n]");

  /// GitLab's limits.
  private static final int MOST_BLOCKS = 10_000;

  private static final int MOST_FUNCTIONS = 3;
  private static final int LONGEST_BLOCK = 1_024;

  /// Two sizes of a file: values that are written in often could make more of it.
  private static final int LONGEST_TEXT = 4 * 1024 * 1024;

  private final String file;
  private final SequencedMap<String, Node> inputs;
  private final SequencedMap<String, String> component;
  private final Function<String, Optional<String>> expand;
  private final Problems problems;

  private final StringBuilder written = new StringBuilder();
  private final List<Segment> segments = new ArrayList<>();

  /// @param component what `$[[ component.… ]]` may name
  /// @param expand writes variables into a text; empty if one of them is a secret
  Interpolation(
      String file,
      SequencedMap<String, Node> inputs,
      SequencedMap<String, String> component,
      Function<String, Optional<String>> expand,
      Problems problems) {
    this.file = file;
    this.inputs = inputs;
    this.component = component;
    this.expand = expand;
    this.problems = problems;
  }

  /// A stretch of the new text and where it comes from.
  ///
  /// @param copied whether it is the old text unchanged, or a value that was written in
  private record Segment(
      int line, int column, int originalLine, int originalColumn, boolean copied) {}

  /// The new text, and for positions in it those in the old.
  record Result(String text, Function<Position, Position> original) {
    static Result unchanged(String text) {
      return new Result(text, position -> position);
    }
  }

  /// Empty if a block is wrong, and then every one that is has been reported.
  Optional<Result> write(String text) {
    if (!text.contains("$[[")) {
      return Optional.of(Result.unchanged(text));
    }
    var before = problems.errors();
    var matcher = BLOCK.matcher(text);
    var from = new Cursor();
    var to = new Cursor();
    var end = 0;
    var blocks = 0;
    while (matcher.find()) {
      if (++blocks > MOST_BLOCKS || written.length() > LONGEST_TEXT) {
        problems.error(
            from.in(file), "the file has too many interpolation blocks", "split the file");
        return Optional.empty();
      }
      copy(text.substring(end, matcher.start()), from, to);
      var value = value(matcher.group(1), matcher.group(), from.in(file));
      segments.add(new Segment(to.line, to.column, from.line, from.column, false));
      written.append(value);
      to.over(value);
      from.over(matcher.group());
      end = matcher.end();
    }
    copy(text.substring(end), from, to);
    return problems.errors() > before
        ? Optional.empty()
        : Optional.of(new Result(written.toString(), this::original));
  }

  private void copy(String text, Cursor from, Cursor to) {
    segments.add(new Segment(to.line, to.column, from.line, from.column, true));
    written.append(text);
    from.over(text);
    to.over(text);
  }

  private Position original(Position position) {
    var low = 0;
    var high = segments.size() - 1;
    while (low < high) {
      var middle = (low + high + 1) >>> 1;
      var segment = segments.get(middle);
      var after =
          segment.line() > position.line()
              || (segment.line() == position.line() && segment.column() > position.column());
      if (after) {
        high = middle - 1;
      } else {
        low = middle;
      }
    }
    var segment = segments.get(low);
    if (!segment.copied()) {
      return new Position(position.file(), segment.originalLine(), segment.originalColumn());
    }
    var sameLine = position.line() == segment.line();
    return new Position(
        position.file(),
        segment.originalLine() + position.line() - segment.line(),
        sameLine
            ? segment.originalColumn() + position.column() - segment.column()
            : position.column());
  }

  private static final class Cursor {
    private int line = 1;
    private int column = 1;

    void over(String text) {
      var last = text.lastIndexOf('\n');
      if (last < 0) {
        column += text.length();
      } else {
        line += (int) text.chars().filter(c -> c == '\n').count();
        column = text.length() - last;
      }
    }

    Position in(String file) {
      return new Position(file, line, column);
    }
  }

  /// What is written for a block; the empty text if it is wrong.
  private String value(String block, String whole, Position at) {
    var parts = Arrays.stream(block.split("\\|", -1)).map(String::strip).toList();
    var access = parts.getFirst();
    if (access.startsWith("matrix.")) {
      return whole; // filled in when the matrix is multiplied
    }
    if (access.length() > LONGEST_BLOCK) {
      return wrong(at, "maximum interpolation expression size exceeded", "shorten it");
    }
    if (parts.size() - 1 > MOST_FUNCTIONS) {
      return wrong(at, "too many functions in interpolation block", "use at most three");
    }
    var node = found(access, at);
    if (node == null) {
      return "";
    }
    var value = node;
    for (var function : parts.subList(1, parts.size())) {
      if (!(value instanceof Node.Text(_, var text))) {
        return wrong(
            at,
            "invalid input type: " + function + " can only be used with string inputs",
            "remove the function, or make the input a string");
      }
      var next = applied(function, text, at);
      if (next == null) {
        return "";
      }
      value = new Node.Text(at, next);
    }
    return value instanceof Node.Text(_, var text) ? text : FlowText.of(value);
  }

  private @Nullable Node found(String access, Position at) {
    var point = access.indexOf('.');
    if (point < 1 || point == access.length() - 1) {
      wrong(at, "invalid interpolation access pattern: " + access, "write `$[[ inputs.name ]]`");
      return null;
    }
    var kind = access.substring(0, point);
    var name = access.substring(point + 1);
    if (kind.equals("inputs") && inputs.containsKey(name)) {
      return inputs.get(name);
    }
    if (kind.equals("component") && component.containsKey(name)) {
      return new Node.Text(at, component.getOrDefault(name, ""));
    }
    var unknown = kind.equals("inputs") || kind.equals("component") ? name : kind;
    wrong(
        at,
        "unknown interpolation key: `" + unknown + "`",
        kind.equals("inputs")
            ? "define it in `spec: inputs`; there are " + String.join(", ", inputs.keySet())
            : "write `$[[ inputs.name ]]`");
    return null;
  }

  private @Nullable String applied(String function, String text, Position at) {
    if (function.equals("expand_vars")) {
      var expanded = expand.apply(text);
      if (expanded.isEmpty()) {
        wrong(
            at,
            "variable expansion error: masked variables cannot be expanded",
            "use a variable that is no secret");
      }
      return expanded.orElse(null);
    }
    if (function.equals("posix_escape")) {
      return escaped(text);
    }
    var truncate = TRUNCATE.matcher(function);
    if (truncate.matches()) {
      var points = text.codePoints().toArray();
      var start = Math.min(Integer.parseInt(truncate.group(1)), points.length);
      var length = Math.min(Integer.parseInt(truncate.group(2)), points.length - start);
      return new String(points, start, length);
    }
    wrong(
        at,
        "no function matching `" + function + "`",
        "the functions are expand_vars, posix_escape and truncate(start, length)");
    return null;
  }

  /// As Ruby's `Shellwords.escape` does.
  private static String escaped(String text) {
    return text.isEmpty() ? "''" : UNSAFE.matcher(text).replaceAll("\\\\$0").replace("\n", "'\n'");
  }

  private String wrong(Position at, String message, String remedy) {
    problems.error(at, message, remedy);
    return "";
  }
}
