package dev.fleetwright.core.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotenvTest {

  @Test
  void reads_keys_and_values_as_they_are() {
    assertThat(
            parse(
                "VERSION=1.0\n URL = https://x.example/?a=b \r\n_q=\"in quotes\"\nEMPTY=\nVERSION=2"))
        .isEqualTo(
            new Dotenv.Variables(
                Map.of(
                    "VERSION",
                    "2",
                    "URL",
                    "https://x.example/?a=b",
                    "_q",
                    "\"in quotes\"",
                    "EMPTY",
                    "")));
    assertThat(parse("")).isEqualTo(new Dotenv.Variables(Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          A=1;no equals     | 2 | it is not of the form KEY=value
          A=1;;B=2          | 2 | it is empty
          # comment;A=1     | 1 | it is not of the form KEY=value
          A=1;# c=d         | 2 | `# c` is no name for a variable: letters, digits and _ are
          1A=x              | 1 | `1A` is no name for a variable: letters, digits and _ are
          export A=1        | 1 | `export A` is no name for a variable: letters, digits and _ are
          =x                | 1 | `` is no name for a variable: letters, digits and _ are
          """)
  void names_the_line_that_is_wrong(String lines, int line, String what) {
    assertThat(parse(lines.replace(';', '\n'))).isEqualTo(new Dotenv.Wrong(line, what));
  }

  @Test
  void too_much_is_refused() {
    assertThat(parse("A=" + "x".repeat(5 * 1024 - 2))).isInstanceOf(Dotenv.Variables.class);
    assertThat(parse("A=" + "x".repeat(5 * 1024 - 1))).isInstanceOf(Dotenv.Wrong.class);
    assertThat(parse(numbered(150))).isInstanceOf(Dotenv.Variables.class);
    assertThat(parse(numbered(151)))
        .isEqualTo(new Dotenv.Wrong(151, "there are more than 150 variables"));
    assertThat(Dotenv.parse(new byte[] {'A', '=', (byte) 0xff}))
        .isEqualTo(new Dotenv.Wrong(0, "it is not UTF-8"));
  }

  private static String numbered(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "V" + i + "=x")
        .collect(Collectors.joining("\n"));
  }

  private static Dotenv parse(String text) {
    return Dotenv.parse(text.getBytes(UTF_8));
  }
}
