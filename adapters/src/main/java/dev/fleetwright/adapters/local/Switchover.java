package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.process.HowToRun.Probe;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.target.StepLog;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Carries out one order: from what runs to what shall run, or back to what ran.
///
/// A component with a port is started beside the one that it replaces, and callers go to it when
/// all new components are well: none of them is turned away. A component without a port is stopped
/// first, because nobody could tell two of it apart, and two might do the same work twice.
///
/// An order for a share of the callers, or for a standby, ends before that: what was started stays
/// beside what runs.
final class Switchover {

  private static final int LAST_LINES = 8;

  static final String NOBODY_LISTENS =
      "has no component that listens at a port among those that change, so there are no callers to keep from the new one";

  private final Household household;
  private final Dictionary request;
  private final StepLog log;
  private final List<Part> desired;
  private final Predicate<String> covers;
  private final Map<String, Instance> started = new LinkedHashMap<>();
  private final List<String> spared = new ArrayList<>();
  private final List<Seat> stopped = new ArrayList<>();
  private final List<Front> opened = new ArrayList<>();

  Switchover(Household household, Dictionary request, StepLog log) {
    this.household = household;
    this.request = request;
    this.log = log;
    this.desired =
        request.listing("components").values().stream()
            .map(v -> Part.of(Bencode.expect(v, Dictionary.class)))
            .toList();
    this.covers = covers(request);
  }

  private static Predicate<String> covers(Dictionary request) {
    if (!request.has("names")) {
      return _ -> true;
    }
    var names = Set.copyOf(request.listing("names").texts());
    return names::contains;
  }

  /// Do it, once for each id however often it is asked.
  Notes.Done carryOut() throws IOException, InterruptedException {
    var id = request.text("id");
    var asked = request.text("request");
    var notes = household.notes();
    for (var done : notes.done()) {
      if (done.id().equals(id) && done.request().equals(asked)) {
        return done;
      }
    }
    // Kept before anything is done: from now on an older server is turned away, whatever becomes of
    // this order.
    household.write(
        notes
            .withPlace(request.text("project"), request.text("environment"), request.text("listen"))
            .withToken(Math.max(notes.token(), request.whole("token"))));
    try {
      return request.has("percent") ? bringBeside(id, asked) : change(id, asked);
    } catch (Refusal e) {
      putBack();
      var refused = new Notes.Done(id, asked, false, e.reason());
      household.write(Household.answered(household.notes(), refused));
      return refused;
    } catch (IOException e) {
      putBack();
      // Not noted: notes may be just what cannot be written. Asked again, it is tried again.
      return new Notes.Done(id, asked, false, words(e));
    } catch (InterruptedException | RuntimeException e) {
      putBack();
      throw e;
    }
  }

  private static String words(IOException e) {
    return "nothing was changed, because of a failure of this machine: " + Refusal.words(e);
  }

  private Notes.Done change(String id, String asked)
      throws IOException, InterruptedException, Refusal {
    var changing = new ArrayList<Part>();
    for (var part : desired) {
      if (!runsWell(part)) {
        changing.add(part);
      }
    }
    var fronts = openFronts(changing);
    startBeside(changing);
    replaceInTurn(changing);

    var seats = new TreeMap<String, Seat>();
    var kept = new HashSet<String>();
    for (var seat : household.seats()) {
      var name = seat.part().name();
      if (!covers.test(name)) {
        seats.put(name, seat);
      }
    }
    for (var part : desired) {
      var before = household.seat(part.name());
      if (before.isPresent() && !changing.contains(part)) {
        seats.put(part.name(), before.get());
        kept.add(part.name());
      } else {
        seats.put(part.name(), new Seat(part, started.get(part.name()), fronts.get(part.name())));
      }
    }
    var gone =
        household.seats().stream()
            .map(s -> s.part().name())
            .filter(name -> !seats.containsKey(name))
            .toList();
    var done = new Notes.Done(id, asked, true, summary(changing, kept, gone));
    var release = writeRelease(seats);
    household.commit(notes(release, fronts, done), seats, Household.Newcomers.NONE, keepUntil());
    changing.forEach(p -> log.line(p.name() + ": " + p.digest().brief() + " is in place"));
    gone.forEach(name -> log.line(name + ": taken away"));
    sweep();
    return done;
  }

  /// How long what is replaced stays up, by the wall clock.
  private long keepUntil() {
    return request.has("rest") ? System.currentTimeMillis() + request.whole("rest") : 0;
  }

  private Notes.Done bringBeside(String id, String asked)
      throws IOException, InterruptedException, Refusal {
    var coming = new ArrayList<Part>();
    var same = true;
    for (var part : desired) {
      var seat = household.seat(part.name());
      if (seat.isPresent() && seat.get().part().digest().equals(part.digest())) {
        continue;
      }
      same = false;
      if (part.listens() && seat.filter(s -> s.part().listens()).isPresent()) {
        coming.add(part);
      }
    }
    same &= household.seats().size() == desired.size();
    if (coming.isEmpty() && !same) {
      throw new Refusal("the target " + NOBODY_LISTENS);
    }
    startBeside(coming);
    var its = new TreeMap<String, Seat>();
    for (var part : coming) {
      its.put(part.name(), Seat.beside(part, started.get(part.name())));
    }
    var percent = (int) request.whole("percent");
    var newcomers =
        coming.isEmpty()
            ? Household.Newcomers.NONE
            : new Household.Newcomers(request.text("revision"), percent, its);
    var seats = new TreeMap<String, Seat>();
    household.seats().forEach(seat -> seats.put(seat.part().name(), seat));
    var done = new Notes.Done(id, asked, true, besideSummary(coming, percent));
    household.commit(Household.answered(household.notes(), done), seats, newcomers, 0);
    log.line(done.text());
    sweep();
    return done;
  }

  private static String besideSummary(List<Part> coming, int percent) {
    var names = String.join(", ", coming.stream().map(Part::name).toList());
    return coming.isEmpty()
        ? "nothing is beside what runs"
        : percent == 0
            ? "up without callers: " + names
            : "%d%% of the callers come to the new one: %s".formatted(percent, names);
  }

  private boolean runsWell(Part part) {
    var seat = household.seat(part.name());
    if (seat.isEmpty() || !seat.get().part().digest().equals(part.digest())) {
      return false;
    }
    return part.program().isEmpty()
        || (!seat.get().shut() && seat.get().instance().filter(Instance::well).isPresent());
  }

  private Map<String, Front> openFronts(List<Part> changing) throws IOException, Refusal {
    var fronts = new TreeMap<String, Front>();
    for (var part : changing) {
      var program = part.program();
      if (program.filter(HowToRun.Program::listens).isPresent()) {
        var known = household.notes().fronts().getOrDefault(part.name(), 0);
        var port = program.get().port().stream().filter(p -> p > 0).findFirst().orElse(known);
        fronts.put(part.name(), household.front(part.name(), port, request.text("listen"), opened));
      }
    }
    return fronts;
  }

  private void startBeside(List<Part> changing) throws IOException, InterruptedException, Refusal {
    for (var part : changing) {
      var program = part.program();
      if (program.filter(HowToRun.Program::listens).isPresent()) {
        // It may be up already, as a canary or because it ran before the last switch.
        var spare = household.spare(part).filter(Instance::well);
        if (spare.isPresent()) {
          started.put(part.name(), spare.get());
          spared.add(part.name());
          log.line(part.name() + ": process " + spare.get().born().pid() + " is up already");
        } else {
          start(part, program.get());
        }
      }
    }
    for (var instance : List.copyOf(started.values())) {
      mustBecomeWell(instance);
    }
  }

  private void replaceInTurn(List<Part> changing)
      throws IOException, InterruptedException, Refusal {
    for (var part : changing) {
      var program = part.program();
      if (program.isPresent() && !program.get().listens()) {
        var seat = household.seat(part.name());
        if (seat.isPresent()) {
          stop(seat.get());
        }
        mustBecomeWell(start(part, program.get()));
      }
    }
  }

  private void stop(Seat seat) throws InterruptedException {
    stopped.add(seat);
    var instance = household.hold(seat);
    if (instance.isPresent()) {
      log.line(seat.part().name() + ": stopping process " + instance.get().born().pid());
      instance.get().drain();
    }
  }

  private Instance start(Part part, HowToRun.Program program) throws IOException, Refusal {
    var instance = household.startPending(part, program);
    started.put(part.name(), instance);
    log.line(
        part.name()
            + ": started as process "
            + instance.born().pid()
            + (instance.port() > 0 ? ", at port " + instance.port() + " for now" : ""));
    return instance;
  }

  private void mustBecomeWell(Instance instance) throws InterruptedException, Refusal {
    var name = instance.part().name();
    if (instance.becomesWell()) {
      log.line(name + ": well after " + tenths(instance.age()));
      return;
    }
    var what =
        instance.alive()
            ? "was not well within " + tenths(instance.program().healthyWithin()) + probe(instance)
            : "ended by itself after " + tenths(instance.age());
    var lines = Output.last(household.folder().logs(), name, instance.start(), LAST_LINES);
    throw new Refusal(
        "component `"
            + name
            + "` "
            + what
            + (lines.isEmpty()
                ? "; it printed nothing"
                : "; it printed last:\n" + String.join("\n", lines)));
  }

  private static String probe(Instance instance) {
    return switch (instance.program().probe()) {
      case Probe.Http(var path) ->
          " (GET " + path + " at its PORT was not answered with 200 to 399)";
      case Probe.Tcp _ -> " (nobody listened at its PORT)";
      case Probe.StaysAlive _ -> "";
    };
  }

  private static String tenths(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }

  /// Everything is as it was: what was started is ended, what was stopped runs again.
  private void putBack() throws IOException, InterruptedException {
    household.endPending();
    for (var front : opened) {
      front.close();
    }
    for (var seat : stopped) {
      seat.letGo();
    }
    household.tend();
    for (var seat : stopped) {
      var again = seat.instance();
      if (again.isPresent() && again.get().becomesWell()) {
        log.line(seat.part().name() + ": runs again as it did before");
      }
    }
  }

  private Notes notes(Notes.Release release, Map<String, Front> fronts, Notes.Done done) {
    var notes = household.notes();
    var ports = new TreeMap<>(notes.fronts());
    fronts.forEach((name, front) -> ports.put(name, front.port()));
    var releases = new ArrayList<>(notes.releases());
    releases.removeIf(r -> r.name().equals(release.name()));
    releases.addFirst(release);
    var keep = (int) Math.min(releases.size(), Math.max(1, request.whole("keep")));
    return Household.answered(
        notes.withFronts(ports).withReleases(List.copyOf(releases.subList(0, keep))), done);
  }

  private Notes.Release writeRelease(SortedMap<String, Seat> seats) throws IOException {
    var name = request.text("release");
    var components = new TreeMap<String, String>();
    seats.values().forEach(s -> components.put(s.part().name(), s.part().digest().hex()));
    var folder = household.folder().releases();
    if (!Files.isDirectory(folder.resolve(name))) {
      var part = folder.resolve(name + ".part");
      PlaceFolder.deleteTree(part);
      Files.createDirectories(part);
      for (var seat : seats.values()) {
        Files.createSymbolicLink(
            part.resolve(seat.part().name()), Path.of("..", "..").resolve(seat.part().home()));
      }
      Files.move(part, folder.resolve(name));
      PlaceFolder.syncFolder(folder);
    }
    return new Notes.Release(name, components);
  }

  private String summary(List<Part> changing, Set<String> kept, List<String> gone) {
    var words = new ArrayList<String>();
    addWords(words, "in place now", changing.stream().map(Part::name).toList());
    addWords(words, "without a start", spared);
    addWords(words, "unchanged", List.copyOf(new java.util.TreeSet<>(kept)));
    addWords(words, "taken away", gone);
    return words.isEmpty() ? "nothing to do" : String.join("; ", words);
  }

  private static void addWords(List<String> words, String what, List<String> names) {
    if (!names.isEmpty()) {
      words.add(what + ": " + String.join(", ", names));
    }
  }

  /// Delete what no kept release and no process needs. Not doing it costs room and nothing else.
  private void sweep() {
    try {
      var notes = household.notes();
      var releases = new HashSet<String>();
      var components = new HashSet<String>();
      for (var release : notes.releases()) {
        releases.add(release.name());
        release.components().forEach((name, digest) -> components.add(name + "/" + digest));
      }
      for (var entry : notes.kept()) {
        components.add(entry.part().name() + "/" + entry.part().digest().hex());
      }
      for (var entry : notes.leaving()) {
        components.add(entry.part().name() + "/" + entry.part().digest().hex());
      }
      sweep(household.folder().releases(), path -> !releases.contains(name(path)));
      if (Files.isDirectory(household.folder().components())) {
        try (var all = Files.newDirectoryStream(household.folder().components())) {
          for (var component : all) {
            sweep(
                component,
                path ->
                    !components.contains(
                        name(component) + "/" + name(path).replace(".component", "")));
            deleteWhenEmpty(component);
          }
        }
      }
      Output.sweep(
          household.folder().logs(),
          household.seats().stream().map(Seat::part).map(Part::name).toList());
    } catch (IOException e) {
      System.err.println("deleting old releases: " + e);
    }
  }

  private static void sweep(Path folder, Predicate<Path> unused) throws IOException {
    try (var all = Files.newDirectoryStream(folder)) {
      for (var one : all) {
        if (unused.test(one)) {
          PlaceFolder.deleteTree(one);
        }
      }
    }
  }

  private static void deleteWhenEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException _) {
      // In use.
    }
  }

  private static String name(Path path) {
    @Nullable Path name = path.getFileName();
    return Optional.ofNullable(name).map(Path::toString).orElse("");
  }
}
