package dev.fleetwright.adapters.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrontTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @SuppressWarnings("NullAway.Init")
  private Front front;

  @BeforeEach
  void open() throws IOException {
    front = new Front(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws IOException {
    front.close();
  }

  @Test
  void callers_wait_until_somebody_answers() throws IOException {
    try (var server = new Echo("one");
        var caller = call()) {
      caller.getOutputStream().write("hello".getBytes(UTF_8));
      caller.shutdownOutput();
      front.switchTo(server.instance());
      assertThat(new String(caller.getInputStream().readAllBytes(), UTF_8)).isEqualTo("one hello");
    }
  }

  @Test
  void an_open_connection_stays_where_it_is_and_a_new_one_goes_on() throws IOException {
    try (var one = new Echo("one");
        var two = new Echo("two")) {
      front.switchTo(one.instance());
      try (var early = call()) {
        Eventually.within(PATIENCE, "counted", () -> one.instance().connections().size() == 1);
        assertThat(front.switchTo(two.instance())).contains(one.instance());
        try (var late = call()) {
          assertThat(echoed(late)).isEqualTo("two hello");
        }
        assertThat(echoed(early)).isEqualTo("one hello");
      }
      Eventually.within(PATIENCE, "nobody is left", () -> one.instance().connections().isEmpty());
    }
  }

  @Test
  void a_connection_that_is_quiet_is_closed_when_its_server_leaves() throws IOException {
    try (var server = new Echo("one")) {
      front.switchTo(server.instance());
      try (var caller = call()) {
        Eventually.within(PATIENCE, "counted", () -> server.instance().connections().size() == 1);
        Eventually.within(
            PATIENCE,
            "closed",
            () -> {
              server.instance().connections().forEach(Front.Connection::closeWhenIdle);
              return server.instance().connections().isEmpty();
            });
        assertThat(new String(caller.getInputStream().readAllBytes(), UTF_8)).isEqualTo("one ");
      }
    }
  }

  @Test
  void hands_on_more_than_any_buffer_holds_in_both_directions() throws Exception {
    var much = new byte[8 << 20];
    new java.util.Random(7).nextBytes(much);
    try (var server = new Echo("");
        var caller = call()) {
      front.switchTo(server.instance());
      var writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  caller.getOutputStream().write(much);
                  caller.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      var back = caller.getInputStream().readAllBytes();
      writer.join();
      assertThat(Digest.of(java.util.Arrays.copyOfRange(back, 1, back.length)))
          .isEqualTo(Digest.of(much));
    }
  }

  private Socket call() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), front.port());
  }

  private static String echoed(Socket caller) throws IOException {
    caller.getOutputStream().write("hello".getBytes(UTF_8));
    caller.shutdownOutput();
    return new String(caller.getInputStream().readAllBytes(), UTF_8);
  }

  /// Says its name and then what it hears.
  private static final class Echo implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Instance instance;

    Echo(String name) throws IOException {
      var part =
          new Part(
              "echo",
              Digest.of(new byte[0]),
              Settings.of(Map.of("run.command.0", "echo", "run.port", "0")));
      instance =
          new Instance(
              part,
              (HowToRun.Program) HowToRun.of(part.settings()),
              Born.of(ProcessHandle.current().pid()).orElseThrow(),
              server.getLocalPort(),
              1,
              System.nanoTime());
      Thread.ofVirtual().start(() -> answer(name));
    }

    Instance instance() {
      return instance;
    }

    private void answer(String name) {
      try {
        while (true) {
          var caller = server.accept();
          Thread.ofVirtual()
              .start(() -> {
                try (caller) {
                  caller.getOutputStream().write((name + " ").getBytes(UTF_8));
                  caller.getInputStream().transferTo(caller.getOutputStream());
                } catch (IOException _) {
                  // The test is over.
                }
              });
        }
      } catch (IOException _) {
        // Closed.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
