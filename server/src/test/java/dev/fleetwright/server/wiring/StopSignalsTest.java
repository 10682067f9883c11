package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real signals to real processes.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopSignalsTest {

  @ParameterizedTest
  @CsvSource({"TERM, TERM, 143", "INT, INT, 130", "TERM, INT, 130"})
  void a_second_signal_ends_a_server_that_is_stopping_at_once(String first, String second, int code)
      throws IOException, InterruptedException {
    var server = start(Slow.class);
    try (var said = server.inputReader()) {
      assertThat(said.readLine()).isEqualTo("ready");
      signal(server, first);
      assertThat(said.readLine()).isEqualTo("stopping");
      signal(server, second);

      assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(code);
      assertThat(rest(said)).isEmpty();
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void one_signal_stops_in_order() throws IOException, InterruptedException {
    var server = start(Quick.class);
    try (var said = server.inputReader()) {
      assertThat(said.readLine()).isEqualTo("ready");
      signal(server, "TERM");

      assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(143);
      assertThat(rest(said)).isEqualTo("stopped");
    } finally {
      server.destroyForcibly();
    }
  }

  /// A server whose stopping takes for ever.
  static final class Slow {
    private Slow() {}

    public static void main(String[] arguments) throws InterruptedException {
      var never = new CountDownLatch(1);
      StopSignals.callOnce(() -> {
        System.out.println("stopping");
        try {
          never.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        System.out.println("stopped");
      });
      System.out.println("ready");
      never.await();
    }
  }

  /// A server that stops at once.
  static final class Quick {
    private Quick() {}

    public static void main(String[] arguments) throws InterruptedException {
      StopSignals.callOnce(() -> System.out.println("stopped"));
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
  }

  private static Process start(Class<?> program) throws IOException {
    var command = new ArrayList<String>();
    if (System.getProperty("os.name").equals("Linux")) {
      // A shell without job control lets what it starts in the background ignore INT, and whoever
      // runs these tests that way hands it down to every process.
      command.addAll(List.of("env", "--default-signal=INT,TERM"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static String rest(BufferedReader said) throws IOException {
    return String.join("\n", said.lines().toList());
  }
}
