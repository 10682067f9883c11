package dev.fleetwright.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.ServerUnreachable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a person does wrong is told in a sentence or two that say what, where and what to do; a
/// place in the program is told only on request.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComplaintTest {

  private ServerInAProcess server;
  private Path folder;

  @BeforeAll
  void start_a_server(@TempDir Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    Files.writeString(folder.resolve("file"), "");
    Files.writeString(folder.resolve("wrong-token"), "fw_wrong\n");
    server = ServerInAProcess.start(folder.resolve("data"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private record Said(int exitCode, String out, List<String> error) {}

  private static Said say(String... arguments) {
    var out = new ByteArrayOutputStream();
    var error = new ByteArrayOutputStream();
    var code =
        Main.run(arguments, new PrintStream(out, true, UTF_8), new PrintStream(error, true, UTF_8));
    return new Said(code, out.toString(UTF_8), error.toString(UTF_8).lines().toList());
  }

  /// A mistake and what is said of it.
  ///
  /// @param command its words; `FOLDER` and `SERVER` stand for those of the test
  record Mistake(String command, int exitCode, String says, String advises) {
    @Override
    public String toString() {
      return command;
    }
  }

  private static Stream<Mistake> of_the_command_line() {
    return Stream.of(
        new Mistake("nope", ExitCode.USAGE, "there is no command `nope`", "fleetwright --help"),
        new Mistake("project nope", ExitCode.USAGE, "there is no command `nope`", "project --help"),
        new Mistake("project", ExitCode.USAGE, "which of its commands? add, list", "--help"),
        new Mistake("project add", ExitCode.USAGE, "missing required parameter", "add --help"),
        new Mistake("server --nope", ExitCode.USAGE, "unknown option: '--nope'", "server --help"),
        new Mistake("approve x", ExitCode.USAGE, "'x' is not a whole number", "approve --help"),
        new Mistake(
            "plan a b --release r1 --ref x", ExitCode.USAGE, "mutually exclusive", "plan --help"),
        new Mistake(
            "project list --server nonsense",
            ExitCode.USAGE,
            "'nonsense' is not the address of a server; write one such as http://127.0.0.1:8400",
            "--help"),
        new Mistake(
            "server --port 99999",
            ExitCode.USAGE,
            "'99999' is not a port; write a number from 1 to 65535, or 0 for a free one",
            "--help"),
        new Mistake("up --port x .", ExitCode.USAGE, "'x' is not a port", "--help"));
  }

  @ParameterizedTest
  @MethodSource("of_the_command_line")
  void of_the_command_line(Mistake mistake) {
    check(mistake, say(words(mistake)));
  }

  private static Stream<Mistake> of_this_machine() {
    return Stream.of(
        new Mistake("lint FOLDER/gone", ExitCode.NOT_FOUND, "gone is not a folder", ""),
        new Mistake("lint FOLDER/file", ExitCode.NOT_FOUND, "file is not a folder", ""),
        new Mistake("up --once FOLDER/gone", ExitCode.NOT_FOUND, "there is no folder ", ""),
        new Mistake("up --once FOLDER", ExitCode.NOT_FOUND, "is not a Git repository", "git init"),
        new Mistake(
            "server --port 0 --data FOLDER/file/x",
            ExitCode.UNREACHABLE,
            "the data folder ",
            "be written"),
        new Mistake(
            "server --port 0 --data FOLDER/data",
            ExitCode.UNREACHABLE,
            "another server is using the data folder",
            "--data"),
        new Mistake(
            "server --port 0 --data FOLDER/other --host nowhere.invalid",
            ExitCode.UNREACHABLE,
            "listening at nowhere.invalid is not possible (there is no host `nowhere.invalid`)",
            ""),
        new Mistake(
            "server --port 0 --data FOLDER/other --database mysql://x",
            ExitCode.UNREACHABLE,
            "not a database URL",
            "postgresql://USER@HOST/DATABASE"),
        new Mistake(
            "server --port 0 --data FOLDER/other --shared FOLDER/shared"
                + " --database postgresql://nobody@127.0.0.1:1/x",
            ExitCode.UNREACHABLE,
            "the database cannot be opened",
            "see whether it is up"));
  }

  @ParameterizedTest
  @MethodSource("of_this_machine")
  void of_this_machine(Mistake mistake) {
    check(mistake, say(words(mistake)));
  }

  @Test
  void of_a_port_in_use() {
    var port = server.address().getPort();
    check(
        new Mistake("server", ExitCode.UNREACHABLE, "port " + port + " of 127.0.0.1", "--port"),
        say("server", "--data", folder.resolve("other").toString(), "--port", "" + port));
  }

  private static Stream<Mistake> of_the_connection() {
    return Stream.of(
        new Mistake(
            "project list --server http://127.0.0.1:1 --token-file FOLDER/wrong-token",
            ExitCode.UNREACHABLE,
            "no answer from the server: GET http://127.0.0.1:1/api/v1/projects?page=1"
                + " (the connection was refused)",
            "is it running?"),
        new Mistake(
            "project list --server SERVER --token-file FOLDER/gone",
            ExitCode.REFUSED,
            "cannot read the token: there is no ",
            ""),
        new Mistake(
            "project list --server SERVER --token-file FOLDER/wrong-token",
            ExitCode.REFUSED,
            "token",
            "--token-file FILE or FLEETWRIGHT_TOKEN"));
  }

  @ParameterizedTest
  @MethodSource("of_the_connection")
  void of_the_connection(Mistake mistake) {
    check(mistake, say(words(mistake)));
  }

  private static Stream<Mistake> of_what_is_not_there() {
    return Stream.of(
            "project sync nope",
            "project new-secret nope",
            "pipeline list nope",
            "pipeline run nope",
            "pipeline jobs 99",
            "pipeline tests 99",
            "job play 99",
            "job retry 99",
            "job cancel 99",
            "schedule list nope",
            "resource-group list nope",
            "artifacts 99",
            "pipeline retry 99",
            "pipeline cancel 99",
            "env list nope",
            "env show nope production",
            "plan nope production",
            "deploy nope production --yes",
            "rollback nope production --yes",
            "stop nope production --yes",
            "approve 99 --yes",
            "reject 99",
            "cancel 99",
            "pause 99",
            "resume 99",
            "logs job 99",
            "logs deploy 99 -f",
            "hold set nope production",
            "token revoke 99")
        .map(command -> new Mistake(command, ExitCode.NOT_FOUND, "", ""));
  }

  @ParameterizedTest
  @MethodSource("of_what_is_not_there")
  void of_what_is_not_there(Mistake mistake) {
    var said = say(withServer(mistake));
    check(mistake, said);
    var named = mistake.command().contains("99") ? "99" : "nope";
    assertThat(said.error().getFirst()).contains(named);
  }

  @Test
  void of_what_cannot_be_done() {
    check(
        new Mistake("token revoke", ExitCode.REFUSED, "is the only one", "make another one first"),
        say(withServer(new Mistake("token revoke 1", 0, "", ""))));
    check(
        new Mistake("token add", ExitCode.REFUSED, "cannot be a token's name", "use 1 to 100"),
        say(withServer(new Mistake("token add <b>", 0, "", ""))));
    check(
        new Mistake("project add", ExitCode.PROBLEMS, "", ""),
        say(withServer(new Mistake("project add FOLDER/gone", 0, "", ""))));
  }

  @Test
  void in_words_where_the_platform_only_names_a_file() {
    assertThat(Complaint.words(new AccessDeniedException("/srv/x")))
        .isEqualTo("/srv/x may not be read or written by this user");
    var failed = new ConnectException();
    failed.initCause(new ClosedChannelException());
    assertThat(told(new ServerUnreachable("GET /x", failed), false))
        .startsWith("fleetwright: no answer from the server: GET /x (the connection was refused)");
  }

  @Test
  void a_mistake_of_ours_says_so_and_where_it_is_on_request() {
    var ours = new IllegalStateException("the roof is open");

    assertThat(told(ours, false).lines())
        .containsExactly(
            "fleetwright: this is a mistake of ours: the roof is open",
            "  run it again with --debug and report what it prints");
    assertThat(told(ours, true)).contains("\tat " + ComplaintTest.class.getName());
  }

  private static String told(Exception failure, boolean debug) {
    var text = new StringWriter();
    var out = new PrintWriter(text, true);
    assertThat(Complaint.of(failure, out, debug)).isNotZero();
    return text.toString();
  }

  private String[] words(Mistake mistake) {
    return mistake
        .command()
        .replace("FOLDER", folder.toString())
        .replace("SERVER", server.address().toString())
        .split(" ", -1);
  }

  private String[] withServer(Mistake mistake) {
    var words = new ArrayList<>(List.of(words(mistake)));
    words.addAll(
        List.of(
            "--server",
            server.address().toString(),
            "--token-file",
            folder.resolve("data/admin-token").toString()));
    return words.toArray(String[]::new);
  }

  private static void check(Mistake mistake, Said said) {
    assertThat(said.error()).as(said.out()).isNotEmpty().hasSizeLessThanOrEqualTo(3);
    assertThat(said.error().getFirst()).startsWith("fleetwright: ").contains(mistake.says());
    assertThat(String.join("\n", said.error()))
        .contains(mistake.advises())
        .doesNotContain("Exception", "\tat ", "null");
    assertThat(said.exitCode()).isEqualTo(mistake.exitCode());
  }
}
