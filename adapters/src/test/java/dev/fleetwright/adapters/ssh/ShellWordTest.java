package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {

  private static final int WORDS = 3000;

  /// What shells make something of. Random bytes alone rarely have two of these side by side.
  private static final List<String> LOADED =
      List.of(
          "'",
          "''",
          "\"",
          "\\",
          "\\'",
          "$",
          "$(id)",
          "`id`",
          "${HOME}",
          ";",
          "&",
          "|",
          "\n",
          "\r",
          "\t",
          " ",
          "*",
          "?",
          "[a]",
          "~",
          "!",
          "!!",
          "#",
          "-n",
          "--",
          "<",
          ">",
          "(",
          ")",
          "{a,b}",
          "%s",
          "\u001b[31m",
          "=",
          "é",
          "\u0080");

  @ParameterizedTest
  @ValueSource(strings = {"sh", "dash", "bash"})
  void every_shell_reads_back_the_same_bytes(String shell)
      throws IOException, InterruptedException {
    var words = words();
    assertThat(echoed(Needs.tool(shell).toString(), words)).isEqualTo(words);
  }

  @Test
  void a_nul_is_turned_down_because_no_argument_can_hold_one() {
    assertThatThrownBy(() -> ShellWord.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
  }

  /// Any bytes but NUL, one character for each byte.
  private static List<String> words() {
    var random = new Random(20261121);
    var words = new ArrayList<>(List.of("", "'", "-"));
    while (words.size() < WORDS) {
      var word = new StringBuilder();
      var parts = random.nextInt(12);
      for (var i = 0; i < parts; i++) {
        word.append(
            random.nextBoolean()
                ? LOADED.get(random.nextInt(LOADED.size()))
                : String.valueOf((char) (1 + random.nextInt(255))));
      }
      words.add(word.toString());
    }
    return words;
  }

  private static List<String> echoed(String shell, List<String> words)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(shell, "-s").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var answer =
        new java.util.concurrent.FutureTask<>(() -> process.getInputStream().readAllBytes());
    Thread.ofVirtual().start(answer);
    try (var in = process.getOutputStream()) {
      var command = "printf '%s\\0' " + ShellWord.quoteAll(words) + "\n";
      in.write(command.getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThat(process.waitFor()).isZero();
    try {
      var text = new String(answer.get(), StandardCharsets.ISO_8859_1);
      return List.of(text.substring(0, text.length() - 1).split("\0", -1));
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("reading what " + shell + " echoes", e);
    }
  }
}
