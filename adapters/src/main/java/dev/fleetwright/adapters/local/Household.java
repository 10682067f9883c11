package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.target.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a keeper keeps: processes, their front ports, and the [Notes] about them.
///
/// What is on disk is always ahead of what runs, or behind it by processes that the notes name: a
/// process is noted before it becomes a program, and a switch is noted before callers see it. So a
/// keeper that finds the notes of a killed one knows every process there is.
final class Household {

  /// What components are given of the environment of their keeper.
  static final List<String> GIVEN = List.of("PATH", "HOME", "LANG", "TMPDIR");

  private static final int ORDERS_REMEMBERED = 100;

  private final PlaceFolder folder;
  private final Map<String, String> given;
  private final Map<Instance, Thread> leaving = new ConcurrentHashMap<>();
  private final List<Instance> pending = new ArrayList<>();
  private SortedMap<String, Seat> seats = new TreeMap<>();
  private Newcomers newcomers = Newcomers.NONE;
  private List<Rest> resting = new ArrayList<>();
  private Notes notes;

  /// @param environment of the keeper
  Household(PlaceFolder folder, Map<String, String> environment) throws IOException {
    this.folder = folder;
    var known = new TreeMap<>(environment);
    known.keySet().retainAll(GIVEN);
    this.given = Map.copyOf(known);
    this.notes = Notes.read(folder);
  }

  /// What is up beside what runs.
  ///
  /// @param revision its digest; empty for nothing
  /// @param percent the share of callers that it has
  record Newcomers(String revision, int percent, SortedMap<String, Seat> seats) {
    static final Newcomers NONE = new Newcomers("", 0, new TreeMap<>());
  }

  /// A process without callers that is kept up to be switched back to.
  private record Rest(Instance instance, long until) {}

  PlaceFolder folder() {
    return folder;
  }

  synchronized Notes notes() {
    return notes;
  }

  synchronized Optional<Seat> seat(String name) {
    return Optional.ofNullable(seats.get(name));
  }

  synchronized List<Seat> seats() {
    return List.copyOf(seats.values());
  }

  /// A process of this very part that is up without being what runs: a newcomer, or one that rests.
  synchronized Optional<Instance> spare(Part part) {
    return Stream.concat(
            newcomers.seats().values().stream().flatMap(s -> s.instance().stream()),
            resting.stream().map(Rest::instance))
        .filter(i -> i.part().equals(part))
        .findFirst();
  }

  /// Go on where the last keeper was killed: end what it had not finished, take over what lives,
  /// and see to the rest.
  synchronized void takeOver() throws IOException, InterruptedException {
    for (var entry : notes.pending()) {
      if (entry.process().isPresent()) {
        Instance.end(entry.process().get(), Duration.ofSeconds(1));
      }
    }
    for (var entry : notes.leaving()) {
      adopt(entry).ifPresent(this::leave);
    }
    for (var entry : notes.runs().values()) {
      var seat = new Seat(entry.part(), null, null);
      adopt(entry).ifPresent(seat::started);
      if (seat.openingDue()) {
        open(seat);
      }
      seats.put(entry.part().name(), seat);
    }
    for (var rest : notes.resting()) {
      adopt(rest.entry()).ifPresent(i -> resting.add(new Rest(i, rest.until())));
    }
    if (notes.beside().isPresent()) {
      var beside = notes.beside().get();
      var its = new TreeMap<String, Seat>();
      beside
          .runs()
          .forEach(
              (name, entry) -> its.put(name, Seat.beside(entry.part(), adopt(entry).orElse(null))));
      newcomers = new Newcomers(beside.revision(), beside.percent(), its);
    }
    shareOut();
    pointToCurrent();
  }

  /// Tell the fronts who has which share. Harmless to repeat, so it is: a process was started
  /// again, or a port could be had at last.
  private void shareOut() {
    for (var seat : seats.values()) {
      var newcomer = newcomers.seats().get(seat.part().name());
      seat.front()
          .ifPresent(front ->
              front.share(
                  newcomer == null ? null : newcomer.instance().orElse(null), newcomers.percent()));
    }
  }

  private static Optional<Instance> adopt(Notes.Entry entry) {
    entry.process().filter(born -> !born.alive()).ifPresent(Instance::endStragglers);
    return entry
        .process()
        .filter(Born::alive)
        .flatMap(born ->
            entry
                .part()
                .program()
                .map(program ->
                    new Instance(
                        entry.part(),
                        program,
                        born,
                        entry.port(),
                        entry.start(),
                        System.nanoTime() - Instance.SETTLING.toNanos())));
  }

  /// Take the port again that it had. Where someone took it while no keeper held it, the component
  /// is not reachable until they let go.
  private void open(Seat seat) {
    var port = notes.fronts().get(seat.part().name());
    if (port != null) {
      try {
        seat.opened(new Front(address(notes.listen(), port)));
      } catch (IOException e) {
        System.err.println("port " + port + " of " + seat.part().name() + ": " + e.getMessage());
      }
    }
  }

  /// Start what has died. Called again and again.
  synchronized void tend() {
    for (var seat : seats.values()) {
      if (seat.openingDue()) {
        open(seat);
      }
      if (seat.due()) {
        restart(seat, instance -> write(notes.withRuns(entries(seats, Map.of(seat, instance)))));
      }
    }
    for (var seat : newcomers.seats().values()) {
      if (seat.due()) {
        restart(
            seat,
            instance -> write(notes.withBeside(besideNote(newcomers, Map.of(seat, instance)))));
      }
    }
    shareOut();
    letRestersGo();
  }

  /// Those whose time is over leave; those that died are not started again, because nobody calls
  /// them.
  private void letRestersGo() {
    var over =
        resting.stream()
            .filter(r -> r.until() <= System.currentTimeMillis() || !r.instance().alive())
            .toList();
    if (over.isEmpty()) {
      return;
    }
    var stay = new ArrayList<>(resting);
    stay.removeAll(over);
    var goners = over.stream().map(Rest::instance).toList();
    try {
      write(
          notes
              .withResting(restNotes(stay))
              .withLeaving(
                  entries(Stream.concat(leaving.keySet().stream(), goners.stream()).toList())));
    } catch (IOException e) {
      // They stay a little longer; the next round tries again.
      System.err.println("noting that what rested leaves: " + e);
      return;
    }
    resting = stay;
    goners.forEach(this::leave);
  }

  private void restart(Seat seat, Note note) {
    try {
      seat.started(start(seat.part(), seat.program().orElseThrow(), note));
    } catch (IOException | Refusal e) {
      seat.failed(String.valueOf(e.getMessage()));
    }
  }

  /// Leave a component to an order: from now on nobody starts it again but that order.
  ///
  /// Under the lock that [#tend] has, so that it is not just being started.
  synchronized Optional<Instance> hold(Seat seat) {
    seat.hold();
    return seat.instance();
  }

  /// Start a process that belongs to an order which is not done yet.
  synchronized Instance startPending(Part part, HowToRun.Program program)
      throws IOException, Refusal {
    return start(
        part,
        program,
        instance -> {
          pending.add(instance);
          write(notes.withPending(entries(pending)));
        });
  }

  /// End the processes of an order that is not to be done.
  void endPending() throws InterruptedException {
    List<Instance> all;
    synchronized (this) {
      all = List.copyOf(pending);
    }
    for (var instance : all) {
      Instance.end(instance.born(), instance.program().stopWithin());
    }
    synchronized (this) {
      pending.clear();
      try {
        write(notes.withPending(List.of()));
      } catch (IOException e) {
        // What the notes name is dead, so they are not wrong; and putting back must go on.
        System.err.println("noting that an order's processes ended: " + e);
      }
    }
  }

  private interface Note {
    void down(Instance instance) throws IOException;
  }

  private Instance start(Part part, HowToRun.Program program, Note note)
      throws IOException, Refusal {
    var home = folder.path().resolve(part.home());
    if (!Files.isDirectory(home)) {
      throw new Refusal("the files of `" + part.name() + "` are gone from " + home);
    }
    var port = program.listens() ? freePort() : 0;
    var environment = environment(part, program, home, port);
    var command = new ArrayList<>(program.command(environment));
    command.set(0, executable(part.name(), command.getFirst(), home, environment).toString());
    Files.createDirectories(folder.logs());
    var number = notes.starts() + 1;
    var log = Instance.log(folder.logs(), part.name(), number);
    var launch = Launch.prepare(command, environment, home, log);
    try {
      var instance = new Instance(part, program, launch.born(), port, number, System.nanoTime());
      notes = notes.withStarts(number);
      note.down(instance);
      launch.go();
      return instance;
    } catch (IOException e) {
      launch.cancel();
      throw e;
    }
  }

  private Map<String, String> environment(
      Part part, HowToRun.Program program, Path home, int port) {
    var environment = new TreeMap<>(given);
    environment.putAll(program.variables());
    if (port > 0) {
      environment.put("PORT", Integer.toString(port));
    }
    environment.put("FLEETWRIGHT_PROJECT", notes.project());
    environment.put("FLEETWRIGHT_ENVIRONMENT", notes.environment());
    environment.put("FLEETWRIGHT_COMPONENT", part.name());
    environment.put("FLEETWRIGHT_RELEASE_DIRECTORY", home.toString());
    return environment;
  }

  private static Path executable(
      String component, String name, Path home, Map<String, String> environment) throws Refusal {
    if (!name.contains("/")) {
      return Launch.find(name, environment)
          .orElseThrow(() ->
              new Refusal(
                  "component `"
                      + component
                      + "`: command not found: `"
                      + name
                      + "` is in no folder of PATH="
                      + environment.get("PATH")));
    }
    var file = home.resolve(name).normalize();
    if (!Files.isRegularFile(file)) {
      throw new Refusal("component `" + component + "`: command not found: there is no " + file);
    }
    if (!Files.isExecutable(file)) {
      throw new Refusal(
          "component `"
              + component
              + "`: no permission to execute "
              + file
              + "; give the file its executable bit where it is built");
    }
    return file;
  }

  // Another process may take the port before ours listens. Then ours ends, and is started again at
  // another port, or the order is refused and can be repeated.
  private static int freePort() throws IOException {
    try (var any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  static InetSocketAddress address(String listen, int port) {
    return listen.equals("*")
        ? new InetSocketAddress(port)
        : new InetSocketAddress(InetAddress.ofLiteral(listen), port);
  }

  /// A front at this port: the one that a component of this household has, or a new one.
  ///
  /// @throws Refusal if something else has the port
  synchronized Front front(String component, int port, String listen, List<Front> opened)
      throws IOException, Refusal {
    var mine =
        Stream.concat(seats.values().stream().flatMap(s -> s.front().stream()), opened.stream())
            .filter(f -> f.port() == port)
            .findFirst();
    if (mine.isPresent()) {
      return mine.get();
    }
    try {
      var front = new Front(address(listen, port));
      opened.add(front);
      return front;
    } catch (SocketException e) {
      throw new Refusal(
          "component `"
              + component
              + "`: port "
              + port
              + " cannot be listened on ("
              + e.getMessage()
              + ")"
              + PortOwner.words(port),
          e);
    }
  }

  /// Make an order's result what runs: on disk first, with the answer to the order, in one step.
  ///
  /// @throws IOException if it could not be noted; then nothing has changed
  ///
  /// @param keepUntil until when processes that are replaced behind a front rest; in the past for
  ///   not at all
  synchronized void commit(
      Notes next, SortedMap<String, Seat> nextSeats, Newcomers nextNewcomers, long keepUntil)
      throws IOException {
    var goners = goners(nextSeats, nextNewcomers);
    var nextResting = new ArrayList<Rest>();
    if (keepUntil > System.currentTimeMillis()) {
      seats.values().stream()
          .filter(s -> s.front().isPresent())
          .flatMap(s -> s.instance().stream())
          .filter(goners::contains)
          .forEach(i -> nextResting.add(new Rest(i, keepUntil)));
    } else if (!nextNewcomers.revision().isEmpty()) {
      // A canary changes nothing about what can be switched back to.
      resting.stream().filter(r -> goners.contains(r.instance())).forEach(nextResting::add);
    }
    nextResting.forEach(rest -> goners.remove(rest.instance()));
    var unused = fronts(seats);
    unused.removeAll(fronts(nextSeats));
    write(
        next.withRuns(entries(nextSeats, Map.of()))
            .withPending(List.of())
            .withBeside(besideNote(nextNewcomers, Map.of()))
            .withResting(restNotes(nextResting))
            .withLeaving(
                entries(Stream.concat(leaving.keySet().stream(), goners.stream()).toList())));
    // From here on it has happened, and the next keeper would do the rest.
    seats = nextSeats;
    newcomers = nextNewcomers;
    resting = nextResting;
    pending.clear();
    for (var seat : seats.values()) {
      seat.letGo();
      var front = seat.front();
      if (front.isPresent()) {
        seat.instance().ifPresent(front.get()::switchTo);
      }
    }
    shareOut();
    try {
      for (var front : unused) {
        front.close();
      }
      pointToCurrent();
    } catch (IOException e) {
      System.err.println("after the switch: " + e);
    }
    goners.forEach(this::leave);
  }

  private void pointToCurrent() throws IOException {
    if (!notes.releases().isEmpty()) {
      PlaceFolder.replaceLink(
          folder.current(), Path.of("releases", notes.releases().getFirst().name()));
    }
  }

  private Set<Instance> goners(SortedMap<String, Seat> nextSeats, Newcomers nextNewcomers) {
    var stay = new HashSet<Instance>();
    nextSeats.values().forEach(s -> s.instance().ifPresent(stay::add));
    nextNewcomers.seats().values().forEach(s -> s.instance().ifPresent(stay::add));
    var goners = new LinkedHashSet<Instance>();
    seats.values().forEach(s -> s.instance().ifPresent(goners::add));
    newcomers.seats().values().forEach(s -> s.instance().ifPresent(goners::add));
    resting.forEach(r -> goners.add(r.instance()));
    goners.removeAll(stay);
    return goners;
  }

  private static Optional<Notes.Beside> besideNote(
      Newcomers newcomers, Map<Seat, Instance> started) {
    return newcomers.revision().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Notes.Beside(
                newcomers.revision(), newcomers.percent(), entries(newcomers.seats(), started)));
  }

  private static List<Notes.Resting> restNotes(List<Rest> resting) {
    return resting.stream()
        .map(r -> new Notes.Resting(entries(List.of(r.instance())).getFirst(), r.until()))
        .toList();
  }

  private static Set<Front> fronts(SortedMap<String, Seat> of) {
    var fronts = new HashSet<Front>();
    of.values().forEach(s -> s.front().ifPresent(fronts::add));
    return fronts;
  }

  /// Let its callers finish and end it, while other things go on.
  private void leave(Instance instance) {
    var thread =
        Thread.ofVirtual()
            .unstarted(() -> {
              try {
                instance.drain();
                gone(instance);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              } catch (IOException e) {
                System.err.println("noting that " + instance.born() + " ended: " + e);
              }
            });
    leaving.put(instance, thread);
    thread.start();
  }

  private synchronized void gone(Instance instance) throws IOException {
    leaving.remove(instance);
    // After a removal there is nothing to note it in.
    if (Files.exists(folder.notes())) {
      write(notes.withLeaving(entries(List.copyOf(leaving.keySet()))));
    }
  }

  /// End everything and wait for it: callers have their time to finish.
  void endAll() throws IOException, InterruptedException {
    synchronized (this) {
      commit(
          notes.withReleases(List.of(new Notes.Release("none", new TreeMap<>()))),
          new TreeMap<>(),
          Newcomers.NONE,
          0);
    }
    for (var thread : leaving.values()) {
      thread.join();
    }
  }

  /// Whether there is nothing to keep.
  synchronized boolean idle() {
    return leaving.isEmpty()
        && pending.isEmpty()
        && resting.isEmpty()
        && newcomers.seats().isEmpty()
        && seats.values().stream().allMatch(s -> s.program().isEmpty());
  }

  synchronized void write(Notes next) throws IOException {
    next.write(folder);
    notes = next;
  }

  /// Remember the answer to an order.
  static Notes answered(Notes notes, Notes.Done done) {
    var all = new ArrayList<>(notes.done());
    all.removeIf(d -> d.id().equals(done.id()));
    all.add(done);
    return notes.withDone(all.subList(Math.max(0, all.size() - ORDERS_REMEMBERED), all.size()));
  }

  private static List<Notes.Entry> entries(List<Instance> instances) {
    return instances.stream()
        .map(i -> new Notes.Entry(i.part(), Optional.of(i.born()), i.start(), i.port()))
        .toList();
  }

  private static SortedMap<String, Notes.Entry> entries(
      SortedMap<String, Seat> seats, Map<Seat, Instance> started) {
    var entries = new TreeMap<String, Notes.Entry>();
    seats.forEach((name, seat) -> {
      @Nullable Instance instance = started.getOrDefault(seat, seat.instance().orElse(null));
      entries.put(
          name,
          instance == null
              ? new Notes.Entry(seat.part(), Optional.empty(), 0, 0)
              : entries(List.of(instance)).getFirst());
    });
    return entries;
  }

  private record Seen(List<Seat> seats, Newcomers newcomers, List<Rest> resting) {}

  private synchronized Seen seen() {
    return new Seen(List.copyOf(seats.values()), newcomers, List.copyOf(resting));
  }

  /// What runs and how it is, and what is up beside it; asks every process.
  Dictionary observe() throws InterruptedException {
    var now = seen();
    var runs = Dictionary.empty().with("instances", observe(now.seats(), now.resting()));
    var beside = now.newcomers();
    return beside.revision().isEmpty()
        ? runs
        : runs.with(
            "beside",
            Dictionary.empty()
                .with("revision", beside.revision())
                .with("percent", beside.percent())
                .with("instances", observe(List.copyOf(beside.seats().values()), List.of())));
  }

  private Listing observe(List<Seat> some, List<Rest> resting) throws InterruptedException {
    try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = some.stream().map(seat -> asking.submit(() -> observe(seat, resting))).toList();
      var all = new ArrayList<Dictionary>();
      for (var answer : answers) {
        try {
          all.add(answer.get());
        } catch (java.util.concurrent.ExecutionException e) {
          throw new IllegalStateException("asking a component how it is", e);
        }
      }
      return new Listing(List.copyOf(all));
    }
  }

  private Dictionary observe(Seat seat, List<Rest> resting) {
    var part = seat.part();
    var instance = seat.instance().filter(Instance::alive);
    Health health;
    String detail;
    if (seat.program().isEmpty()) {
      health = Health.HEALTHY;
      detail = "files in place";
    } else if (instance.isEmpty()) {
      health = seat.deaths() < 3 ? Health.DOWN : Health.FAILING;
      detail = seat.trouble();
    } else if (seat.shut()) {
      var port = notes().fronts().getOrDefault(part.name(), 0);
      health = Health.FAILING;
      detail = "port " + port + " is taken" + PortOwner.words(port);
    } else {
      health = health(instance.get());
      detail = "pid " + instance.get().born().pid() + ", up " + words(upFor(instance.get()));
      detail += rests(part, resting);
    }
    return Dictionary.empty()
        .with("component", part.name())
        .with("runs", part.digest().hex())
        .with("health", health.name())
        .with("endpoint", seat.endpoint())
        .with("detail", detail);
  }

  /// For people, what can be switched back to.
  private static String rests(Part part, List<Rest> resting) {
    return resting.stream()
        .filter(r -> r.instance().part().name().equals(part.name()))
        .map(r ->
            "; what ran before (pid %d) is kept up until %s"
                .formatted(r.instance().born().pid(), Instant.ofEpochMilli(r.until())))
        .findFirst()
        .orElse("");
  }

  private static Health health(Instance instance) {
    if (instance.well()) {
      return Health.HEALTHY;
    }
    var young = instance.age().compareTo(instance.program().healthyWithin()) < 0;
    return instance.alive()
        ? !instance.wasWell() && young ? Health.STARTING : Health.FAILING
        : Health.DOWN;
  }

  // By the wall clock, for people only: an adopted process is older than we know it.
  private static Duration upFor(Instance instance) {
    return ProcessHandle.of(instance.born().pid())
        .flatMap(p -> p.info().startInstant())
        .map(at -> Duration.between(at, Instant.now()))
        .filter(Duration::isPositive)
        .orElse(instance.age());
  }

  private static String words(Duration age) {
    return age.toMinutes() < 2
        ? age.toSeconds() + " s"
        : age.toHours() < 2
            ? age.toMinutes() + " min"
            : age.toDays() < 2 ? age.toHours() + " h" : age.toDays() + " days";
  }
}
