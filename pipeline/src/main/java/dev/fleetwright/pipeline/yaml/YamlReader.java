package dev.fleetwright.pipeline.yaml;

import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Reference;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads the documents of one file from the parser's events.
///
/// Events and not the library's own tree, for three reasons: duplicate keys and merge keys must
/// follow Psych (the last one wins, and `<<` overrides what stands above it), positions must
/// survive merging, and every limit is checked before anything is built. A file that breaks a limit
/// is given up at that point; one that is not YAML is given up where the parser stops.
public final class YamlReader {
  /// GitLab's own limit on one file, in characters here.
  public static final int MOST_CHARACTERS = 2 * 1024 * 1024;

  /// The scanner looks ahead a line at a time, which takes time that grows with the square.
  static final int LONGEST_LINE = 100_000;

  /// GitLab's own limit on nesting.
  static final int DEEPEST = 100;

  static final int MOST_ALIASES = 5_000;

  /// Nodes after every alias is written out: what walking the tree costs. The largest real file
  /// that we know has some 20 000.
  static final int MOST_NODES = 500_000;

  /// What holding the tree costs, aliases not followed: one for each value, and two more for each
  /// key of a mapping; some 80 bytes for each. GitLab bounds the same by the memory that the parsed
  /// file takes (`max_yaml_size_bytes`).
  static final int MOST_WRITTEN = 400_000;

  private static final String CORE = "tag:yaml.org,2002:";

  private final String file;
  private final Dialect dialect;
  private final Function<Position, Position> original;
  private final Problems problems;
  private final Map<Anchor, Built> anchors = new HashMap<>();
  private int aliases;
  private int written;

  private YamlReader(
      String file, Dialect dialect, Function<Position, Position> original, Problems problems) {
    this.file = file;
    this.dialect = dialect;
    this.original = original;
    this.problems = problems;
  }

  /// A node and how many there are in it with aliases written out.
  private record Built(Node node, int size) {}

  /// Thrown to give up the file after the reason was reported; never leaves this class.
  private static final class GivenUp extends RuntimeException {
    GivenUp() {
      super(null, null, false, false);
    }
  }

  /// The documents of the file in order; empty if it is empty or was given up, and then `problems`
  /// says why.
  public static List<Node> read(String file, String text, Dialect dialect, Problems problems) {
    return read(file, text, dialect, position -> position, problems);
  }

  /// The same for a text that was made from a file.
  ///
  /// @param original where a position in the text is in the file
  public static List<Node> read(
      String file,
      String text,
      Dialect dialect,
      Function<Position, Position> original,
      Problems problems) {
    var reader = new YamlReader(file, dialect, original, problems);
    if (text.length() > MOST_CHARACTERS) {
      problems.error(
          Position.startOf(file),
          "the file has " + text.length() + " characters and " + MOST_CHARACTERS + " is the limit",
          "split it with `include`");
      return List.of();
    }
    var longLine = longLine(text);
    if (longLine > 0) {
      problems.error(
          new Position(file, longLine, 1),
          "the line is longer than " + LONGEST_LINE + " characters",
          "break it into several");
      return List.of();
    }
    try {
      return reader.documents(text);
    } catch (GivenUp _) {
      return List.of();
    } catch (MarkedYamlEngineException e) {
      reader.reportSyntax(e);
      return List.of();
    } catch (YamlEngineException e) {
      // Unreadable characters: the scanner gives no mark for them.
      problems.error(Position.startOf(file), "this is not YAML: " + oneLine(e.getMessage()), "");
      return List.of();
    }
  }

  /// The number of the first line that is too long; 0 if none is.
  private static int longLine(String text) {
    var number = 1;
    var start = 0;
    while (start <= text.length()) {
      var end = text.indexOf('\n', start);
      var next = end < 0 ? text.length() : end;
      if (next - start > LONGEST_LINE) {
        return number;
      }
      start = next + 1;
      number++;
    }
    return 0;
  }

  private void reportSyntax(MarkedYamlEngineException e) {
    var where = e.getProblemMark().or(e::getContextMark);
    var what = e.getProblem() != null ? e.getProblem() : e.getContext();
    var context = e.getContext() != null && e.getProblem() != null ? " " + e.getContext() : "";
    var remedy =
        what != null && what.contains("'\\t(TAB)'")
            ? "indent with spaces"
            : "check the indentation and quote texts that contain `: ` or ` #`";
    problems.error(
        where.map(this::position).orElse(Position.startOf(file)),
        "this is not YAML: " + oneLine(what) + oneLine(context),
        remedy);
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "" : text.strip().isEmpty() ? "" : text.replaceAll("\\s+", " ");
  }

  private List<Node> documents(String text) {
    var settings = LoadSettings.builder().setLabel(file).setCodePointLimit(MOST_CHARACTERS).build();
    var events = new Parse(settings).parseString(text).iterator();
    var documents = new ArrayList<Node>();
    while (events.hasNext()) {
      var event = events.next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          anchors.clear();
          documents.add(build(events, events.next(), 1).node());
        }
        case StreamStart,
            StreamEnd,
            DocumentEnd,
            Comment,
            Alias,
            Scalar,
            SequenceStart,
            SequenceEnd,
            MappingStart,
            MappingEnd -> {}
      }
    }
    return List.copyOf(documents);
  }

  private Built build(Iterator<Event> events, Event event, int depth) {
    var at = event.getStartMark().map(this::position).orElse(Position.startOf(file));
    if (depth > DEEPEST) {
      throw giveUp(at, "the nesting is deeper than " + DEEPEST + " levels", "flatten it");
    }
    if (++written > MOST_WRITTEN) {
      throw giveUp(at, "the file has too many keys and values", "split it with `include`");
    }
    var built =
        switch (event) {
          case ScalarEvent scalar -> new Built(scalar(at, scalar), 1);
          case SequenceStartEvent start -> sequence(events, at, start, depth);
          case MappingStartEvent start -> mapping(events, at, start, depth);
          case AliasEvent alias -> aliased(at, alias);
          default ->
              throw new IllegalStateException("the parser sent " + event + " in place of a value");
        };
    if (built.size() > MOST_NODES) {
      throw giveUp(
          at,
          "with its aliases written out the file has more than " + MOST_NODES + " values",
          "use fewer aliases inside aliases");
    }
    // An anchor is known only after its node is complete: an alias inside of its own anchor is
    // unknown.
    if (event instanceof NodeEvent node && !(event instanceof AliasEvent)) {
      node.getAnchor().ifPresent(anchor -> anchors.put(anchor, built));
    }
    return built;
  }

  private Built aliased(Position at, AliasEvent alias) {
    if (++aliases > MOST_ALIASES) {
      throw giveUp(
          at, "the file has more than " + MOST_ALIASES + " aliases", "use `extends` instead");
    }
    var known = anchors.get(alias.getAlias());
    if (known == null) {
      problems.error(
          at,
          "the alias `*" + alias.getAlias() + "` has no anchor above it in this file",
          "anchors do not cross files; use `!reference` or `extends` for that");
      return new Built(new Nothing(at), 1);
    }
    return known;
  }

  private Scalar scalar(Position at, ScalarEvent event) {
    var value = event.getValue();
    var tag = event.getTag().orElse("");
    if (tag.equals(CORE + "str") || tag.equals("!")) {
      return new Text(at, value);
    }
    checkTag(at, tag);
    if (!event.isPlain() && tag.isEmpty()) {
      return new Text(at, value);
    }
    return dialect
        .plain(at, value)
        .orElseGet(() -> {
          problems.error(
              at,
              "the unquoted date " + value + " is not text, and GitLab refuses it",
              "write \"" + value + "\"");
          return new Text(at, value);
        });
  }

  private Built sequence(Iterator<Event> events, Position at, SequenceStartEvent start, int depth) {
    var items = new ArrayList<Node>();
    var size = 1;
    for (var event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      var item = build(events, event, depth + 1);
      size += item.size();
      checkSize(at, size);
      items.add(item.node());
    }
    if (dialect == Dialect.GITLAB && start.getTag().orElse("").equals("!reference")) {
      return new Built(reference(at, items), size);
    }
    checkTag(at, start.getTag().orElse(""));
    return new Built(new Sequence(at, items), size);
  }

  private Node reference(Position at, List<Node> items) {
    if (items.isEmpty() || !items.stream().allMatch(Scalar.class::isInstance)) {
      problems.error(
          at,
          "`!reference` takes a list of names, the first being a job",
          "write `!reference [job, script]`");
      return new Nothing(at);
    }
    return new Reference(at, items.stream().map(item -> ((Scalar) item).text()).toList());
  }

  private Built mapping(Iterator<Event> events, Position at, MappingStartEvent start, int depth) {
    checkTag(at, start.getTag().orElse(""));
    var entries = new LinkedHashMap<String, Entry>();
    var size = 1;
    for (var event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      var plain = event instanceof ScalarEvent scalar && scalar.isPlain();
      written += 2;
      var key = build(events, event, depth + 1);
      var value = build(events, events.next(), depth + 1);
      size += key.size() + value.size();
      checkSize(at, size);
      if (!(key.node() instanceof Scalar name)) {
        problems.error(
            key.node().at(), "a key cannot be " + key.node().described(), "use a word or a text");
      } else if (plain && name.text().equals("<<")) {
        merge(entries, name.at(), value.node());
      } else {
        entries.put(name.text(), new Entry(name.at(), name.text(), value.node()));
      }
    }
    return new Built(new Mapping(at, entries), size);
  }

  /// Psych puts the merged keys in at the place where `<<` stands: they override what is above and
  /// are overridden by what is below. In a list of maps the first one wins.
  private void merge(Map<String, Entry> entries, Position at, Node value) {
    switch (value) {
      case Mapping mapping -> entries.putAll(mapping.entries());
      case Sequence list when list.items().stream().allMatch(Mapping.class::isInstance) -> {
        for (var item : list.items().reversed()) {
          entries.putAll(((Mapping) item).entries());
        }
      }
      case Sequence _, Scalar _, Reference _ ->
          problems.error(
              at,
              "`<<` merges a map of keys and not " + value.described(),
              "name an anchor of a map, as in `<<: *defaults`");
    }
  }

  private void checkTag(Position at, String tag) {
    var known =
        tag.isEmpty()
            || tag.equals("!")
            || (tag.startsWith(CORE)
                && List.of("str", "int", "float", "bool", "null", "seq", "map")
                    .contains(tag.substring(CORE.length())));
    if (!known) {
      problems.error(
          at,
          "the tag `" + tag.replace(CORE, "!!") + "` is not allowed",
          dialect == Dialect.PLAIN
              ? "remove it"
              : tag.equals("!reference")
                  ? "write `!reference [job, key]`"
                  : "only `!reference` has a meaning here");
    }
  }

  private void checkSize(Position at, int size) {
    if (size > MOST_NODES) {
      throw giveUp(
          at,
          "with its aliases written out the file has more than " + MOST_NODES + " values",
          "use fewer aliases inside aliases");
    }
  }

  private GivenUp giveUp(Position at, String message, String remedy) {
    problems.error(at, message, remedy);
    return new GivenUp();
  }

  private Position position(Mark mark) {
    return original.apply(new Position(file, mark.getLine() + 1, mark.getColumn() + 1));
  }

  /// The one document of a file that has no use for a second one; a map without keys if it is
  /// empty.
  public static Optional<Mapping> readMap(
      String file, String text, Dialect dialect, Problems problems) {
    var before = problems.errors();
    var documents = read(file, text, dialect, problems);
    if (problems.errors() > before && documents.isEmpty()) {
      return Optional.empty();
    }
    if (documents.size() > 1) {
      problems.error(
          documents.get(1).at(), "a second document in this file has no meaning", "remove it");
    }
    return switch (documents.isEmpty()
        ? new Nothing(Position.startOf(file))
        : documents.getFirst()) {
      case Mapping mapping -> Optional.of(mapping);
      case Nothing nothing -> Optional.of(new Mapping(nothing.at(), new LinkedHashMap<>()));
      case Node other -> {
        problems.error(
            other.at(),
            "the file should be a map of keys and is " + other.described(),
            "start lines with `key:`");
        yield Optional.empty();
      }
    };
  }
}
