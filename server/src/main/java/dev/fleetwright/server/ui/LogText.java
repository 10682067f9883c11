package dev.fleetwright.server.ui;

import dev.fleetwright.server.ui.LogView.Fold;
import dev.fleetwright.server.ui.LogView.Line;
import dev.fleetwright.server.ui.LogView.Run;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// Reads what jobs, targets and components print. Of the many things that a terminal does at the
/// word of its input, the colours and weights of SGR (ECMA-48, 8.3.117) are kept; everything else
/// is taken out: cursor movements, titles, the clipboard (OSC 52), links (OSC 8) and device control
/// strings.
final class LogText {

  /// The style at the begin of a log.
  static final String START = "";

  private static final int LONGEST_LINE = 16_384;
  private static final char ESCAPE = '\u001b';

  /// How a line of a deploy's log begins: when, and which target tells it.
  private static final Pattern TOLD =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT(\\d\\d:\\d\\d:\\d\\d)[0-9.]*Z (\\S+) \\| ?(.*)", Pattern.DOTALL);

  /// GitLab's marks of where a section begins and ends; what they say is shown in another way.
  private static final Pattern SECTION =
      Pattern.compile("section_(start|end):(\\d{1,12}):([A-Za-z0-9_.-]+)(?:\\[([^\\]]*)])?");

  private static final Pattern STYLE = Pattern.compile("b?f?i?u?(c[0-7])?(g[0-7])?");

  private final List<Line> lines = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private final StringBuilder run = new StringBuilder();
  private final List<Fold> folds = new ArrayList<>();
  private long lineAt;
  private int length;
  private boolean marked;
  private Style style;

  private LogText(Style style) {
    this.style = style;
  }

  /// Lines, and the style that the next part begins with.
  record Part(List<Line> lines, String style) {
    Part {
      lines = List.copyOf(lines);
    }
  }

  /// Read a part of a log that begins and ends at the boundaries of lines.
  ///
  /// @param at where the part begins in the log, in bytes; below 0 when its lines are not linked to
  /// @param style as the part before left it; anything else is taken as [#START]
  static Part read(byte[] bytes, long at, String style) {
    var reading = new LogText(Style.of(style));
    for (var from = 0; from < bytes.length; ) {
      var to = from;
      while (to < bytes.length && bytes[to] != '\n') {
        to++;
      }
      reading.lineAt = at < 0 ? -1 : at + from;
      reading.read(new String(bytes, from, to - from, StandardCharsets.UTF_8));
      if (to < bytes.length || reading.length > 0) {
        reading.endLine();
      }
      from = to + 1;
    }
    return new Part(reading.lines, reading.style.compact());
  }

  /// A line without what a terminal would obey.
  static String plain(byte[] bytes, int from, int length) {
    var reading = new LogText(Style.PLAIN);
    reading.read(new String(bytes, from, length, StandardCharsets.UTF_8));
    reading.endRun();
    var text = new StringBuilder();
    reading.runs.forEach(r -> text.append(r.text()));
    return text.toString();
  }

  /// One line, without its end.
  private void read(String text) {
    var at = 0;
    while (at < text.length()) {
      var c = text.charAt(at);
      switch (c) {
        case '\r' -> {
          // What follows would be written over the line; only the last state of it is of use.
          if (at + 1 < text.length()) {
            forgetLine();
          }
          at++;
        }
        case ESCAPE -> at = escape(text, at + 1);
        case '\u009b' -> at = control(text, at + 1);
        case '\u0090', '\u0098', '\u009d', '\u009e', '\u009f' -> at = string(text, at + 1);
        default -> {
          if (c == '\t' || (c >= ' ' && !(c >= 0x7f && c <= 0x9f))) {
            append(c);
          }
          at++;
        }
      }
    }
  }

  private void append(char c) {
    if (length < LONGEST_LINE) {
      run.append(c);
    } else if (length == LONGEST_LINE) {
      run.append(" … (the rest of this line is in the plain text)");
    }
    length++;
  }

  private void endLine() {
    endRun();
    // Sections end before the next one begins; of several that begin, the line is the last one's
    // title.
    var fold = Fold.NO;
    for (var mark : folds) {
      switch (mark) {
        case Fold.End end -> lines.add(new Line(-1, "", List.of(), end));
        case Fold.Begin begin -> fold = begin;
        case Fold.No _ -> {}
      }
    }
    // A line of which nothing is left but marks or what was written over was none for people.
    var line = line(fold);
    if (!line.runs().isEmpty() || !marked || fold instanceof Fold.Begin) {
      lines.add(line);
    }
    runs.clear();
    folds.clear();
    length = 0;
    marked = false;
  }

  private Line line(Fold fold) {
    if (runs.isEmpty() && fold instanceof Fold.Begin(var section, _, _)) {
      return new Line(lineAt, "", List.of(new Run("", section)), fold);
    }
    var told = runs.isEmpty() ? null : TOLD.matcher(runs.getFirst().text());
    if (told == null || !told.matches()) {
      return new Line(lineAt, "", runs, fold);
    }
    var rest = new ArrayList<Run>();
    if (!told.group(3).isEmpty()) {
      rest.add(new Run(runs.getFirst().css(), told.group(3)));
    }
    rest.addAll(runs.subList(1, runs.size()));
    return new Line(lineAt, told.group(1) + " " + told.group(2), rest, fold);
  }

  private void forgetLine() {
    endRun();
    runs.clear();
    length = 0;
    marked = true;
  }

  private void endRun() {
    if (!run.isEmpty()) {
      var text = run.indexOf("section_") < 0 ? run.toString() : withoutMarks();
      if (!text.isEmpty()) {
        runs.add(new Run(style.css(), text));
      }
      run.setLength(0);
    }
  }

  private String withoutMarks() {
    var marks = SECTION.matcher(run);
    var text =
        marks.replaceAll(mark -> {
          var second = Long.parseLong(mark.group(2));
          folds.add(
              mark.group(1).equals("end")
                  ? new Fold.End(mark.group(3), second)
                  : new Fold.Begin(
                      mark.group(3),
                      second,
                      mark.group(4) != null && mark.group(4).contains("collapsed=true")));
          return "";
        });
    marked |= text.length() < run.length();
    return text;
  }

  /// What follows an escape character.
  private int escape(String text, int at) {
    if (at >= text.length()) {
      return at;
    }
    return switch (text.charAt(at)) {
      case '[' -> control(text, at + 1);
      case ']', 'P', 'X', '^', '_' -> string(text, at + 1);
      // Two or three characters: an intermediate one, then the final one.
      case ' ', '#', '%', '(', ')', '*', '+', '-', '.', '/' -> Math.min(at + 2, text.length());
      default -> at + 1;
    };
  }

  /// A control sequence: parameters up to a final character. Only `m` does something here.
  private int control(String text, int from) {
    var at = from;
    while (at < text.length() && text.charAt(at) >= 0x20 && text.charAt(at) <= 0x3f) {
      at++;
    }
    if (at >= text.length() || text.charAt(at) < 0x40 || text.charAt(at) > 0x7e) {
      return at;
    }
    if (text.charAt(at) == 'm') {
      endRun();
      style = style.after(text.substring(from, at));
    }
    return at + 1;
  }

  /// A string up to its terminator; never beyond the line, so that one without an end hides no more
  /// than that.
  private static int string(String text, int from) {
    for (var at = from; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '\u0007', '\u009c' -> {
          return at + 1;
        }
        case ESCAPE -> {
          return at + 1 < text.length() && text.charAt(at + 1) == '\\' ? at + 2 : at;
        }
        default -> {}
      }
    }
    return text.length();
  }

  /// @param colour 0 to 7, or -1 for none
  /// @param ground likewise, behind the text
  private record Style(
      boolean bold, boolean faint, boolean italic, boolean underlined, int colour, int ground) {

    static final Style PLAIN = new Style(false, false, false, false, -1, -1);

    static Style of(String compact) {
      if (compact.isEmpty() || !STYLE.matcher(compact).matches()) {
        return PLAIN;
      }
      return new Style(
          compact.contains("b"),
          compact.contains("f"),
          compact.contains("i"),
          compact.contains("u"),
          digit(compact, 'c'),
          digit(compact, 'g'));
    }

    private static int digit(String compact, char letter) {
      var at = compact.indexOf(letter);
      return at < 0 ? -1 : compact.charAt(at + 1) - '0';
    }

    String compact() {
      return (bold ? "b" : "")
          + (faint ? "f" : "")
          + (italic ? "i" : "")
          + (underlined ? "u" : "")
          + (colour < 0 ? "" : "c" + colour)
          + (ground < 0 ? "" : "g" + ground);
    }

    String css() {
      var classes = new StringJoiner(" ");
      if (bold) {
        classes.add("b");
      }
      if (faint) {
        classes.add("f");
      }
      if (italic) {
        classes.add("i");
      }
      if (underlined) {
        classes.add("u");
      }
      if (colour >= 0) {
        classes.add("c" + colour);
      }
      if (ground >= 0) {
        classes.add("g" + ground);
      }
      return classes.toString();
    }

    Style after(String parameters) {
      var style = this;
      var numbers = parameters.split("[;:]", -1);
      for (var i = 0; i < numbers.length && i < 16; i++) {
        var number = number(numbers[i]);
        if (number == 38 || number == 48) {
          // Colours beyond the sixteen: passed over with their arguments.
          i += i + 1 < numbers.length && numbers[i + 1].equals("2") ? 4 : 2;
        } else {
          style = style.after(number);
        }
      }
      return style;
    }

    private static int number(String text) {
      if (text.isEmpty()) {
        return 0;
      }
      return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    private Style after(int number) {
      return switch (number) {
        case 0 -> PLAIN;
        case 1 -> new Style(true, faint, italic, underlined, colour, ground);
        case 2 -> new Style(bold, true, italic, underlined, colour, ground);
        case 3 -> new Style(bold, faint, true, underlined, colour, ground);
        case 4 -> new Style(bold, faint, italic, true, colour, ground);
        case 22 -> new Style(false, false, italic, underlined, colour, ground);
        case 23 -> new Style(bold, faint, false, underlined, colour, ground);
        case 24 -> new Style(bold, faint, italic, false, colour, ground);
        case 39 -> new Style(bold, faint, italic, underlined, -1, ground);
        case 49 -> new Style(bold, faint, italic, underlined, colour, -1);
        default -> {
          if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) {
            yield new Style(bold, faint, italic, underlined, number % 10, ground);
          } else if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) {
            yield new Style(bold, faint, italic, underlined, colour, number % 10);
          } else {
            yield this;
          }
        }
      };
    }
  }
}
