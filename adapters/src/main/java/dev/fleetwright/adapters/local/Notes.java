package dev.fleetwright.adapters.local;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.canonical.Bencode.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// What a keeper knows, as it is on disk: enough for the next keeper to go on.
///
/// Only the keeper that holds the lock of the place writes them. One rename makes new notes valid,
/// and that rename is the moment at which a deploy has happened.
///
/// @param listen the address that front ports are on
/// @param token the highest fencing token that an order came with
/// @param starts how many processes were ever started here; numbers their logs
/// @param runs what shall run, by component
/// @param fronts the port of each component that ever listened here; kept, so that it stays the
///   same
/// @param pending started for an order that is not done yet: a keeper that finds them ends them
/// @param leaving replaced, and given time to finish
/// @param beside what is up beside what runs
/// @param resting what ran before a switch and is kept up to be switched back to
/// @param releases the newest first
/// @param done the answers to the last orders, the newest last
record Notes(
    String project,
    String environment,
    String listen,
    long token,
    long starts,
    SortedMap<String, Entry> runs,
    SortedMap<String, Integer> fronts,
    List<Entry> pending,
    List<Entry> leaving,
    Optional<Beside> beside,
    List<Resting> resting,
    List<Release> releases,
    List<Done> done) {

  /// Nothing was ever asked here.
  static final Notes NONE =
      new Notes(
          "",
          "",
          "127.0.0.1",
          0,
          0,
          new TreeMap<>(),
          new TreeMap<>(),
          List.of(),
          List.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          List.of());

  /// A component and its process.
  ///
  /// @param start the number of its last start, 0 before the first
  /// @param port where the process listens, behind the front port; 0 when nowhere
  record Entry(Part part, Optional<Born> process, long start, int port) {}

  /// A revision that is up beside what runs.
  ///
  /// @param revision the digest of all of it
  /// @param percent the share of callers that it has
  record Beside(String revision, int percent, SortedMap<String, Entry> runs) {}

  /// A process without callers, and how long it stays up.
  ///
  /// @param until by the wall clock, in milliseconds since 1970: it is for people, who may keep it
  ///   longer than a keeper lives
  record Resting(Entry entry, long until) {}

  /// A revision whose files are here.
  ///
  /// @param components digests by name
  record Release(String name, SortedMap<String, String> components) {}

  /// An order that was answered.
  ///
  /// @param request the digest of all that was asked; another request under the same id, as after
  ///   the server's database was restored from a backup, is another order
  record Done(String id, String request, boolean applied, String text) {}

  Notes withToken(long token) {
    return changed(draft -> draft.token = token);
  }

  Notes withStarts(long starts) {
    return changed(draft -> draft.starts = starts);
  }

  Notes withRuns(SortedMap<String, Entry> runs) {
    return changed(draft -> draft.runs = runs);
  }

  Notes withFronts(SortedMap<String, Integer> fronts) {
    return changed(draft -> draft.fronts = fronts);
  }

  Notes withPending(List<Entry> pending) {
    return changed(draft -> draft.pending = pending);
  }

  Notes withLeaving(List<Entry> leaving) {
    return changed(draft -> draft.leaving = leaving);
  }

  Notes withBeside(Optional<Beside> beside) {
    return changed(draft -> draft.beside = beside);
  }

  Notes withResting(List<Resting> resting) {
    return changed(draft -> draft.resting = resting);
  }

  Notes withReleases(List<Release> releases) {
    return changed(draft -> draft.releases = releases);
  }

  Notes withDone(List<Done> done) {
    return changed(draft -> draft.done = done);
  }

  Notes withPlace(String project, String environment, String listen) {
    return changed(draft -> {
      draft.project = project;
      draft.environment = environment;
      draft.listen = listen;
    });
  }

  private Notes changed(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.notes();
  }

  /// Notes while a field of them is being changed; never leaves this class.
  private static final class Draft {
    private String project;
    private String environment;
    private String listen;
    private long token;
    private long starts;
    private SortedMap<String, Entry> runs;
    private SortedMap<String, Integer> fronts;
    private List<Entry> pending;
    private List<Entry> leaving;
    private Optional<Beside> beside;
    private List<Resting> resting;
    private List<Release> releases;
    private List<Done> done;

    Draft(Notes from) {
      project = from.project;
      environment = from.environment;
      listen = from.listen;
      token = from.token;
      starts = from.starts;
      runs = from.runs;
      fronts = from.fronts;
      pending = from.pending;
      leaving = from.leaving;
      beside = from.beside;
      resting = from.resting;
      releases = from.releases;
      done = from.done;
    }

    Notes notes() {
      return new Notes(
          project,
          environment,
          listen,
          token,
          starts,
          runs,
          fronts,
          pending,
          leaving,
          beside,
          resting,
          releases,
          done);
    }
  }

  /// What the last keeper wrote; [#NONE] when there never was one.
  static Notes read(PlaceFolder folder) throws IOException {
    if (!Files.exists(folder.notes())) {
      return NONE;
    }
    try {
      return of(Bencode.readDictionary(Files.readAllBytes(folder.notes())));
    } catch (Bencode.NotCanonical | IllegalArgumentException e) {
      throw new IOException(folder.notes() + " is damaged", e);
    }
  }

  /// Every process that the notes name as something to keep, whether it has callers or not.
  List<Entry> kept() {
    return Stream.of(
            runs.values().stream(),
            beside.stream().flatMap(b -> b.runs().values().stream()),
            resting.stream().map(Resting::entry))
        .flatMap(entries -> entries)
        .toList();
  }

  void write(PlaceFolder folder) throws IOException {
    PlaceFolder.replace(folder.notes(), canonical().bytes());
  }

  private Dictionary canonical() {
    var notes =
        Dictionary.empty()
            .with("notes", 1)
            .with("project", project)
            .with("environment", environment)
            .with("listen", listen)
            .with("token", token)
            .with("starts", starts)
            .with("runs", listing(List.copyOf(runs.values()), Notes::canonical))
            .with(
                "fronts",
                fronts.entrySet().stream()
                    .reduce(
                        Dictionary.empty(),
                        (all, one) -> all.with(one.getKey(), one.getValue()),
                        (a, _) -> a))
            .with("pending", listing(pending, Notes::canonical))
            .with("leaving", listing(leaving, Notes::canonical))
            .with(
                "releases",
                listing(
                    releases,
                    r ->
                        Dictionary.empty()
                            .with("name", r.name())
                            .with("components", Dictionary.ofTexts(r.components()))))
            .with(
                "done",
                listing(
                    done,
                    d ->
                        Dictionary.empty()
                            .with("id", d.id())
                            .with("request", d.request())
                            .with("applied", d.applied() ? 1 : 0)
                            .with("text", d.text())))
            .with(
                "resting",
                listing(
                    resting,
                    r ->
                        Dictionary.empty()
                            .with("entry", canonical(r.entry()))
                            .with("until", r.until())));
    return beside
        .map(b ->
            notes.with(
                "beside",
                Dictionary.empty()
                    .with("revision", b.revision())
                    .with("percent", b.percent())
                    .with("runs", listing(List.copyOf(b.runs().values()), Notes::canonical))))
        .orElse(notes);
  }

  private static Dictionary canonical(Entry entry) {
    var known =
        Dictionary.empty()
            .with("part", entry.part().canonical())
            .with("start", entry.start())
            .with("port", entry.port());
    return entry.process().map(p -> known.with("process", p.canonical())).orElse(known);
  }

  private static Notes of(Dictionary d) {
    var runs = byName(d.listing("runs"));
    var fronts = new TreeMap<String, Integer>();
    var ports = d.dictionary("fronts");
    ports.entries().keySet().forEach(name -> fronts.put(name, (int) ports.whole(name)));
    return new Notes(
        d.text("project"),
        d.text("environment"),
        d.text("listen"),
        d.whole("token"),
        d.whole("starts"),
        runs,
        fronts,
        dictionaries(d.listing("pending"), Notes::entry),
        dictionaries(d.listing("leaving"), Notes::entry),
        d.has("beside") ? Optional.of(beside(d.dictionary("beside"))) : Optional.empty(),
        // An earlier release kept nothing up.
        d.has("resting")
            ? dictionaries(
                d.listing("resting"),
                r -> new Resting(entry(r.dictionary("entry")), r.whole("until")))
            : List.of(),
        dictionaries(
            d.listing("releases"),
            r -> new Release(r.text("name"), r.dictionary("components").texts())),
        dictionaries(
            d.listing("done"),
            o ->
                new Done(
                    o.text("id"), o.text("request"), o.whole("applied") == 1, o.text("text"))));
  }

  private static Beside beside(Dictionary d) {
    return new Beside(d.text("revision"), (int) d.whole("percent"), byName(d.listing("runs")));
  }

  private static SortedMap<String, Entry> byName(Listing listing) {
    var entries = new TreeMap<String, Entry>();
    for (var entry : dictionaries(listing, Notes::entry)) {
      entries.put(entry.part().name(), entry);
    }
    return entries;
  }

  private static Entry entry(Dictionary d) {
    return new Entry(
        Part.of(d.dictionary("part")),
        d.has("process") ? Optional.of(Born.of(d.dictionary("process"))) : Optional.empty(),
        d.whole("start"),
        (int) d.whole("port"));
  }

  private static <T> Listing listing(List<T> values, Function<T, Value> canonical) {
    return new Listing(values.stream().map(canonical).toList());
  }

  private static <T> List<T> dictionaries(Listing listing, Function<Dictionary, T> read) {
    return listing.values().stream()
        .map(v -> read.apply(Bencode.expect(v, Dictionary.class)))
        .toList();
  }
}
