package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.ssh.Connection.Answer;
import dev.fleetwright.adapters.ssh.Connection.Feed;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What can be asked of one place on one host. The other end is the resource `agent.sh`, a script
/// that is put on the host under its own digest before the first change; what only looks brings the
/// script along and leaves nothing behind.
final class HostAgent implements AutoCloseable {

  private static final byte[] SCRIPT = script();
  private static final Digest SCRIPT_DIGEST = Digest.of(SCRIPT);

  private static final byte[] GREETING = "fleetwright 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final Duration LOOKING = Duration.ofSeconds(30);

  /// What the agent waits for its lock, and a little for its work.
  private static final Duration CHANGING = Duration.ofSeconds(90);

  /// A slower host than 100 kB/s is taken for a broken one.
  private static final long SLOWEST_BYTES_A_SECOND = 100_000;

  /// What a host answers to a change.
  sealed interface Reply {
    record Done(String text) implements Reply {}

    /// A later server has been here.
    record Fenced(String token) implements Reply {}

    /// The folder belongs to another place.
    record Taken(String owner) implements Reply {}

    /// An earlier order is still being worked on.
    record Busy() implements Reply {}
  }

  private final Connection connection;
  private final String base;
  private final Place place;

  /// @param base the folder below which places are; relative to the login's home
  HostAgent(Connection connection, String base, Place place) {
    this.connection = connection;
    this.base = base;
    this.place = place;
  }

  Host host() {
    return connection.host();
  }

  Place place() {
    return place;
  }

  Connection connection() {
    return connection;
  }

  /// What is there. Touches nothing.
  HostView look(boolean blobs) throws IOException {
    return view(
        whole("looking", bringing("looking", blobs ? List.of("look", "blobs") : List.of("look"))));
  }

  /// How the processes are. Touches nothing.
  HostView ask() throws IOException {
    return view(whole("asking", installed("asking", LOOKING, Feed.NOTHING, List.of("ask"))));
  }

  /// The canonical bytes of a release that is there. What they say has to be checked: they come
  /// from the host.
  byte[] revision(String release) throws IOException {
    return bringing("reading what runs", List.of("revision", release));
  }

  /// The last lines that a component printed, oldest first.
  List<String> logs(String component, int lines) throws IOException {
    var text = bringing("reading logs", List.of("logs", component, Integer.toString(lines)));
    return new String(text, StandardCharsets.UTF_8).lines().map(Printable::line).toList();
  }

  /// What a port of the host answers to a GET, asked on the host itself: a status, `open` or
  /// `refused`; `unable` when the host has no program to ask with.
  String probe(int port, Optional<String> path) throws IOException {
    var words = new ArrayList<>(List.of("probe", Integer.toString(port)));
    path.ifPresent(words::add);
    var text = whole("calling port " + port, bringing("calling port " + port, words));
    return text.lines().findFirst().orElse("").replaceFirst("^answer ", "");
  }

  /// Claim the place for an order, and look; also at what content there is, if the host lacks a
  /// tree.
  ///
  /// @param trees the components that the order will need, by digest
  Reply open(long fencingToken, List<String> trees) throws IOException {
    var words = new ArrayList<>(List.of("open", Long.toString(fencingToken), owner()));
    words.addAll(trees);
    return change("opening the place", CHANGING, Feed.NOTHING, words);
  }

  /// Send what the host lacks. Nothing of it is visible there before all of it is and is checked.
  Reply receive(long fencingToken, Archive archive) throws IOException {
    var within = CHANGING.plusSeconds(archive.upload().bytes() / SLOWEST_BYTES_A_SECOND);
    return change(
        "sending files",
        within,
        archive::writeTo,
        List.of("receive", Long.toString(fencingToken), archive.id()));
  }

  /// Switch from one release to another and carry out these moves.
  Reply switchOver(long fencingToken, ApplyId order, String from, String to, Moves moves)
      throws IOException {
    var words =
        new ArrayList<>(List.of("switch", Long.toString(fencingToken), order.toString(), from, to));
    words.addAll(moves.words());
    return change("switching", CHANGING.plus(moves.longest()), Feed.NOTHING, words);
  }

  /// The order is done: remember it, and clear away what is no longer needed.
  Reply settle(long fencingToken, int keep, ApplyId order, String release, String from)
      throws IOException {
    return change(
        "settling",
        CHANGING,
        Feed.NOTHING,
        List.of(
            "settle",
            Long.toString(fencingToken),
            Integer.toString(keep),
            order.toString(),
            release,
            from));
  }

  /// The order was put back: forget that it was ever begun.
  Reply forget(long fencingToken, int keep, ApplyId order) throws IOException {
    return change(
        "settling what was put back",
        CHANGING,
        Feed.NOTHING,
        List.of("forget", Long.toString(fencingToken), Integer.toString(keep), order.toString()));
  }

  /// Stop everything and delete the place.
  Reply remove(long fencingToken, ApplyId order) throws IOException {
    return change(
        "removing",
        CHANGING.plus(Moves.LONGEST_STOP),
        Feed.NOTHING,
        List.of("remove", Long.toString(fencingToken), order.toString(), owner()));
  }

  private String owner() {
    return place.project() + "/" + place.environment() + "/" + place.target();
  }

  private Reply change(String what, Duration within, Feed feed, List<String> words)
      throws IOException {
    var text = whole(what, installed(what, within, feed, words));
    var first = text.lines().findFirst().orElse("");
    if (first.startsWith("fenced ")) {
      return new Reply.Fenced(Printable.line(first.substring("fenced ".length())));
    }
    if (first.startsWith("taken ")) {
      return new Reply.Taken(Printable.line(first.substring("taken ".length())));
    }
    return first.equals("busy") ? new Reply.Busy() : new Reply.Done(text);
  }

  /// An answer in lines, without its last one, which is there to show that none is missing.
  private String whole(String what, byte[] answer) throws HostFailed {
    var text = new String(answer, StandardCharsets.UTF_8);
    if (!text.equals("end\n") && !text.endsWith("\nend\n")) {
      throw new HostFailed(host() + " gave no whole answer to " + what);
    }
    return text.substring(0, text.length() - "end\n".length());
  }

  /// Run the script from the host's disk; put it there first where it is not.
  private byte[] installed(String what, Duration within, Feed feed, List<String> words)
      throws IOException {
    var command = script(words.toArray(String[]::new));
    var answer = run(what, within, command, feed);
    if (answer.exit() == NOT_INSTALLED) {
      install();
      answer = run(what, within, command, feed);
    }
    return succeeded(answer, what);
  }

  /// Free in POSIX (XCU 2.8.2 takes 126 and up) and not used by the agent.
  private static final int NOT_INSTALLED = 71;

  private String script(String... words) {
    var file = folder() + "/agent-" + SCRIPT_DIGEST.hex();
    return "test -f "
        + file
        + " || exit "
        + NOT_INSTALLED
        + "; exec sh "
        + file
        + " "
        + quoted(List.of(words));
  }

  private void install() throws IOException {
    var folder = folder();
    var file = folder + "/agent-" + SCRIPT_DIGEST.hex();
    // Checked before it gets its name: a connection that ends looks like the end of the file.
    var command =
        "umask 022; mkdir -p %1$s && cat >%2$s.$$ && test \"$(sha256sum <%2$s.$$)\" = '%3$s  -' && mv -f %2$s.$$ %2$s && echo 'fleetwright 1'"
            .formatted(folder, file, SCRIPT_DIGEST.hex());
    succeeded(
        run("installing the agent", LOOKING, command, out -> out.write(SCRIPT)),
        "installing the agent");
  }

  /// The folder of agents, for a shell. A shell expands `"$HOME"` once and does not split it.
  private String folder() {
    return (base.startsWith("/") ? "" : "\"$HOME\"/") + ShellWord.quote(base + "/.fleetwright");
  }

  /// Run the script from our end: nothing is left on the host.
  private byte[] bringing(String what, List<String> words) throws IOException {
    var command = "exec sh -s -- " + quoted(words);
    return succeeded(run(what, LOOKING, command, out -> out.write(SCRIPT)), what);
  }

  private String quoted(List<String> words) {
    var all = new ArrayList<>(List.of(words.getFirst(), base, place.name()));
    all.addAll(words.subList(1, words.size()));
    return ShellWord.quoteAll(all);
  }

  private Answer run(String what, Duration within, String command, Feed feed) throws IOException {
    return connection.run(command, feed, within, what);
  }

  /// What follows the line that the agent says first. A login may have printed something before it.
  private byte[] succeeded(Answer answer, String what) throws HostFailed {
    if (answer.exit() != 0) {
      throw new HostFailed(
          what
              + " failed on "
              + host()
              + " (exit "
              + answer.exit()
              + ")"
              + (answer.complaint().isEmpty() ? "" : ": " + answer.complaint()));
    }
    var out = answer.out().bytes();
    for (var at = 0; at + GREETING.length <= out.length; at++) {
      if ((at == 0 || out[at - 1] == '\n')
          && Arrays.equals(out, at, at + GREETING.length, GREETING, 0, GREETING.length)) {
        return Arrays.copyOfRange(out, at + GREETING.length, out.length);
      }
    }
    throw new HostFailed(host() + " gave no answer to " + what);
  }

  HostView view(String text) throws HostFailed {
    try {
      return HostView.read(text);
    } catch (IllegalArgumentException e) {
      throw new HostFailed(host() + " cannot be understood; " + e.getMessage());
    }
  }

  private static byte[] script() {
    try (var in =
        Objects.requireNonNull(HostAgent.class.getResourceAsStream("agent.sh"), "agent.sh")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading agent.sh", e);
    }
  }

  /// The script, for tests.
  static String scriptText() {
    return new String(SCRIPT, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    connection.close();
  }
}
