package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Observation.Instance;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.StepLog;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs components as processes of the machine that the server runs on.
///
/// The processes are not the server's: each place has a [Keeper], a small process of its own, which
/// goes on when the server is stopped, killed or replaced. This class writes files and tells the
/// keeper what shall run; [PlaceFolder] says what is where on disk.
///
/// A component that listens has two ports: callers use the front port, which the keeper holds and
/// which stays the same; the process behind it is given another one as `PORT`. A new version is
/// started beside the old one, and callers are sent to it when it is well: all of them, or a share.
///
/// Settings of the binding, all optional:
///
/// | key | meaning |
/// |---|---|
/// | `directory` | an absolute path, or `~/…`; otherwise `local/<target>` in the server's data |
/// | `keep` | how many releases are kept, 5 |
/// | `listen` | the address of front ports, `127.0.0.1`; `*` for all addresses |
public final class LocalTarget implements Target {

  private static final Logger log = LoggerFactory.getLogger(LocalTarget.class);

  private static final String HOST = "local";
  private static final int KEEP = 5;
  private static final Set<String> SETTINGS = Set.of("directory", "keep", "listen");

  /// Names of components are names of folders here.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private static final Duration OBSERVE_PATIENCE = Duration.ofSeconds(8);

  /// What an order may take on top of what its components may take.
  private static final Duration MARGIN = Duration.ofSeconds(60);

  private final Blobs blobs;
  private final Path directory;
  private final int keep;
  private final String listen;

  /// @param blobs where the files of components are
  /// @param data the server's data folder
  /// @throws IllegalArgumentException if a setting is not usable; the message says which and what
  ///   to write
  public LocalTarget(TargetBinding binding, Blobs blobs, Path data) {
    var settings = binding.settings();
    for (var key : settings.values().keySet()) {
      // Variables are for the planner, which writes them into components.
      if (!SETTINGS.contains(key) && !key.startsWith("variables.")) {
        throw new IllegalArgumentException(
            "target `%s`: `%s` is not a setting of local; there are %s"
                .formatted(binding.name(), key, new TreeSet<>(SETTINGS)));
      }
    }
    this.blobs = blobs;
    this.directory =
        settings
            .text("directory")
            .map(text -> directory(binding.name(), text))
            .orElseGet(() -> data.toAbsolutePath().resolve("local").resolve(binding.name()));
    this.keep = settings.text("keep").map(text -> keep(binding.name(), text)).orElse(KEEP);
    this.listen =
        settings.text("listen").map(text -> listen(binding.name(), text)).orElse("127.0.0.1");
  }

  private static Path directory(String target, String text) {
    var path =
        text.startsWith("~/")
            ? Path.of(System.getProperty("user.home"), text.substring(2))
            : Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          "target `%s`: `directory` is `%s`; write an absolute path or one below ~/"
              .formatted(target, text));
    }
    return path.normalize();
  }

  private static int keep(String target, String text) {
    try {
      var keep = Integer.parseInt(text);
      if (keep >= 1) {
        return keep;
      }
    } catch (NumberFormatException _) {
      // Said below, with the numbers that are too small.
    }
    throw new IllegalArgumentException(
        "target `%s`: `keep` is `%s`; write a number from 1 up".formatted(target, text));
  }

  private static String listen(String target, String text) {
    try {
      return text.equals("*") ? text : InetAddress.ofLiteral(text).getHostAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "target `%s`: `listen` is `%s`; write an address such as 127.0.0.1, or * for all"
              .formatted(target, text),
          e);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.complementOf(EnumSet.of(Capability.BATCHES));
  }

  @Override
  public Observation observe(Place place) {
    var folder = folder(place);
    var notes = notes(place);
    // Files alone need nobody to keep them.
    if (notes.runs().values().stream().allMatch(e -> e.part().program().isEmpty())) {
      return observation(notes, Health.HEALTHY, "files in place");
    }
    try {
      var answer =
          new KeeperDoor(folder)
              .ask(Dictionary.empty().with("verb", "observe"), _ -> {}, OBSERVE_PATIENCE);
      var instances = instances(answer);
      return new Observation(instances, List.of(HOST), beside(answer));
    } catch (IOException e) {
      log.atWarn().addKeyValue("place", place.name()).setCause(e).log("the keeper does not answer");
      return observation(notes, Health.UNREACHABLE, "its keeper does not answer");
    }
  }

  private static List<Instance> instances(Dictionary answer) {
    var instances = new ArrayList<Instance>();
    for (var value : answer.listing("instances").values()) {
      var seen = Bencode.expect(value, Dictionary.class);
      instances.add(
          new Instance(
              HOST,
              seen.text("component"),
              new Digest(seen.text("runs")),
              Health.valueOf(seen.text("health")),
              seen.text("endpoint"),
              seen.text("detail")));
    }
    return instances;
  }

  private static Optional<Observation.Beside> beside(Dictionary answer) {
    if (!answer.has("beside")) {
      return Optional.empty();
    }
    var beside = answer.dictionary("beside");
    return Optional.of(
        new Observation.Beside(
            new Digest(beside.text("revision")), (int) beside.whole("percent"), instances(beside)));
  }

  private static Observation observation(Notes notes, Health health, String detail) {
    return new Observation(
        notes.runs().values().stream().map(e -> instance(e, health, detail)).toList(),
        List.of(HOST),
        notes
            .beside()
            .map(b ->
                new Observation.Beside(
                    new Digest(b.revision()),
                    b.percent(),
                    b.runs().values().stream().map(e -> instance(e, health, detail)).toList())));
  }

  private static Instance instance(Notes.Entry entry, Health health, String detail) {
    return new Instance(HOST, entry.part().name(), entry.part().digest(), health, "", detail);
  }

  @Override
  public Optional<String> objection(Place place, Revision desired, Slice slice) {
    var runs = notes(place).runs();
    var callers =
        desired.components().stream()
            .map(Part::of)
            .filter(Part::listens)
            .filter(p -> {
              var now = runs.get(p.name());
              return now != null && now.part().listens() && !now.part().digest().equals(p.digest());
            })
            .findFirst();
    return slice.needs().isEmpty() || callers.isPresent()
        ? Optional.empty()
        : Optional.of(Switchover.NOBODY_LISTENS);
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    var problems = problems(desired.components());
    if (!problems.isEmpty()) {
      return new Preview.Impossible(String.join("\n", problems));
    }
    var seen = observe(place);
    var changes = new ArrayList<Change>();
    var runs = new TreeMap<String, Instance>();
    seen.instances().forEach(i -> runs.put(i.component(), i));
    for (var component : desired.components()) {
      var now = runs.remove(component.name());
      changes.add(
          now == null
              ? change(Change.Kind.CREATE, component.name(), Differences.all(component))
              : change(place, component, now));
    }
    runs.keySet().forEach(name -> changes.add(change(Change.Kind.DELETE, name, List.of())));
    seen.beside()
        .filter(b -> !b.revision().equals(desired.digest()))
        .ifPresent(b ->
            b.instances()
                .forEach(i ->
                    changes.add(
                        change(
                            Change.Kind.DELETE, "what is up beside " + i.component(), List.of()))));
    return new Preview.Possible(changes, seen);
  }

  private Change change(Place place, Component component, Instance now) {
    if (!now.runs().equals(component.digest())) {
      var before = known(place, component.name(), now.runs());
      return change(
          Change.Kind.UPDATE,
          component.name(),
          before.map(b -> Differences.between(b, component)).orElse(List.of()));
    }
    return now.health() == Health.HEALTHY || now.health() == Health.UNREACHABLE
        ? change(Change.Kind.NONE, component.name(), List.of())
        : change(
            Change.Kind.UPDATE,
            component.name(),
            List.of("  started again, because it is not well: " + now.detail()));
  }

  private static Change change(Change.Kind kind, String component, List<String> detail) {
    return new Change(kind, component + " on " + HOST, detail);
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    if (slice instanceof Slice.Batch) {
      return new Outcome.Refused(
          "a local target has one instance, so it cannot be changed batch by batch");
    }
    var wanted = desired.components().stream().filter(c -> slice.covers(HOST, c.name())).toList();
    var problems = problems(wanted);
    if (!problems.isEmpty()) {
      return new Outcome.Refused(String.join("\n", problems));
    }
    var folder = folder(place);
    try {
      folder.create();
      var trees = new Trees(blobs, folder);
      var notes = notes(place);
      for (var component : wanted) {
        trees.place(component, inUse(notes, component));
      }
      var request =
          request("apply", order, place)
              .with("request", request(desired, slice).hex())
              .with("release", after(place, desired, slice).digest().hex())
              .with("keep", keep)
              .with(
                  "components",
                  new Listing(
                      List.copyOf(wanted.stream().map(c -> Part.of(c).canonical()).toList())));
      return ask(folder, covering(request, desired, slice), order.log(), patience(wanted, notes));
    } catch (Refusal e) {
      return new Outcome.Refused(e.reason());
    } catch (IOException e) {
      return new Outcome.Refused(
          "nothing was changed: " + folder.path() + " cannot be written: " + Refusal.words(e));
    }
  }

  private static boolean inUse(Notes notes, Component component) {
    return notes.kept().stream()
        .anyMatch(entry ->
            entry.part().name().equals(component.name())
                && entry.part().digest().equals(component.digest())
                && entry.process().filter(Born::alive).isPresent());
  }

  private static Dictionary covering(Dictionary request, Revision desired, Slice slice) {
    return switch (slice) {
      case Slice.Components(var names) -> request.with("names", Listing.ofTexts(names));
      case Slice.Share(var percent) ->
          request.with("percent", percent).with("revision", desired.digest().hex());
      case Slice.Standby _ -> request.with("percent", 0).with("revision", desired.digest().hex());
      case Slice.Switch(var keepUp) -> request.with("rest", keepUp.toMillis());
      case Slice.All _, Slice.Batch _ -> request;
    };
  }

  @Override
  public Outcome remove(Order order, Place place) {
    var folder = folder(place);
    if (!Files.exists(folder.path())) {
      return new Outcome.Applied("nothing was there");
    }
    return ask(
        folder, request("remove", order, place), order.log(), patience(List.of(), notes(place)));
  }

  private Dictionary request(String verb, Order order, Place place) {
    return Dictionary.empty()
        .with("verb", verb)
        .with("id", order.id().toString())
        .with("token", order.fencingToken())
        .with("project", place.project().value())
        .with("environment", place.environment().value())
        .with("listen", listen);
  }

  private static Digest request(Revision desired, Slice slice) {
    return Digest.of(
        Dictionary.empty()
            .with("revision", desired.digest().hex())
            .with("slice", slice.canonical())
            .bytes());
  }

  private static Outcome ask(
      PlaceFolder folder, Dictionary request, StepLog lines, Duration patience) {
    try {
      var answer = new KeeperDoor(folder).ask(request, lines, patience);
      var text = answer.text("text");
      return switch (answer.text("answer")) {
        case "applied" -> new Outcome.Applied(text);
        case "refused" -> new Outcome.Refused(text);
        default -> new Outcome.Unknown("carrying out the order", new IOException(text));
      };
    } catch (KeeperDoor.AnswerLost e) {
      return new Outcome.Unknown("waiting for the keeper of " + folder.path(), e);
    } catch (IOException e) {
      return new Outcome.Refused("nothing was changed: " + Refusal.words(e));
    }
  }

  /// What will run after the slice: named by its digest, like a release of its own.
  private Revision after(Place place, Revision desired, Slice slice) {
    var now =
        notes(place).runs().values().stream()
            .flatMap(e -> known(place, e.part().name(), e.part().digest()).stream())
            .toList();
    return new Revision(now).after(desired, slice);
  }

  private Optional<Component> known(Place place, String name, Digest digest) {
    try {
      var file = folder(place).canonical(name, digest.hex());
      return Optional.of(Component.of(Bencode.readDictionary(Files.readAllBytes(file))));
    } catch (IOException | Bencode.NotCanonical _) {
      return Optional.empty();
    }
  }

  private static Duration patience(List<Component> wanted, Notes notes) {
    var sum = MARGIN;
    for (var component : wanted) {
      if (HowToRun.of(component) instanceof HowToRun.Program program) {
        sum = sum.plus(program.healthyWithin()).plus(program.stopWithin().multipliedBy(2));
      }
    }
    for (var entry : notes.runs().values()) {
      sum =
          sum.plus(
              entry
                  .part()
                  .program()
                  .map(p -> p.stopWithin().multipliedBy(2))
                  .orElse(Duration.ZERO));
    }
    return sum;
  }

  private static List<String> problems(List<Component> components) {
    var problems = new ArrayList<String>();
    for (var component : components) {
      if (!NAME.matcher(component.name()).matches()) {
        problems.add(
            "component `"
                + component.name()
                + "` cannot be a folder's name; use letters, digits, `.`, `_` and `-`");
      }
      if (HowToRun.of(component) instanceof HowToRun.Unusable(var found)) {
        problems.addAll(found);
      }
    }
    return problems;
  }

  @Override
  public Optional<Logs> logs() {
    return Optional.of(this::last);
  }

  private List<Logs.Line> last(Place place, String component, int lines) {
    try {
      return Output.last(folder(place).logs(), component, lines).stream()
          .map(text -> new Logs.Line(HOST, component, text))
          .toList();
    } catch (IOException e) {
      throw new TargetUnreachable("reading what " + component + " printed", e);
    }
  }

  private Notes notes(Place place) {
    try {
      return Notes.read(folder(place));
    } catch (IOException e) {
      throw new TargetUnreachable("reading the notes of " + place.name(), e);
    }
  }

  private PlaceFolder folder(Place place) {
    return new PlaceFolder(directory.resolve(place.name()));
  }
}
