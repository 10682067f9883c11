package dev.fleetwright.core.secret;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

  private static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
      MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
      short
      -----END PRIVATE KEY-----
      """;

  @Test
  void a_secret_becomes_a_mask() {
    assertThat(masked("the password is hunter22.", "hunter22"))
        .isEqualTo("the password is [MASKED].");
  }

  @Test
  void text_without_secrets_passes_unchanged() {
    assertThat(masked("nothing here", "hunter22")).isEqualTo("nothing here");
    assertThat(masked("nothing to look for")).isEqualTo("nothing to look for");
  }

  @Test
  void overlapping_and_touching_secrets_become_one_mask() {
    assertThat(masked("<abcdefghij>", "abcdefg", "defghij")).isEqualTo("<[MASKED]>");
    assertThat(masked("<hunter22hunter22>", "hunter22")).isEqualTo("<[MASKED]>");
    assertThat(masked("<aaaaaaaaa>", "aaaaaa")).isEqualTo("<[MASKED]>");
  }

  @Test
  void a_secret_that_is_the_beginning_of_another_hides_nothing_of_it() {
    var masking = masking("abcdef", "abcdefgh");
    var out = new Printed();
    var stream = masking.into(out);
    write(stream, "x abcdef");
    stream.flush();
    assertThat(out).hasToString("x ");
    write(stream, "gh y");
    stream.flush();
    assertThat(out).hasToString("x [MASKED] y");
  }

  @Test
  void a_short_secret_is_refused_when_it_is_made_and_counted_when_it_is_there() {
    assertThat(Masking.check(Secret.of("12345"))).isEqualTo(new Masking.Answer.TooShort(5));
    assertThat(Masking.check(Secret.of("12345\n"))).isEqualTo(new Masking.Answer.TooShort(5));
    assertThat(Masking.check(Secret.of("123456"))).isEqualTo(new Masking.Answer.Maskable());
    assertThat(Masking.check(Secret.of("äöü"))).isEqualTo(new Masking.Answer.Maskable());
    var masking = masking("12345", "", "hunter22");
    assertThat(masking.leftOut()).isEqualTo(1);
    assertThat(run(masking, "12345 hunter22")).isEqualTo("12345 [MASKED]");
  }

  @Test
  void flush_shows_all_that_cannot_be_the_beginning_of_a_secret() {
    var out = new Printed();
    var stream = masking("hunter22").into(out);
    write(stream, "Password: ");
    stream.flush();
    assertThat(out).hasToString("Password: ");
    write(stream, "hunt");
    stream.flush();
    assertThat(out).hasToString("Password: ");
    write(stream, "ing season");
    stream.flush();
    assertThat(out).hasToString("Password: hunting season");
    write(stream, "hunter2");
    stream.close();
    assertThat(out).hasToString("Password: hunting seasonhunter2");
  }

  @Test
  void without_secrets_nothing_is_held_back_and_nothing_is_added() {
    var out = new Printed();
    try (var stream = masking().into(out)) {
      stream.flush();
      write(stream, "a");
      stream.flush();
      assertThat(out).hasToString("a");
      stream.flush();
    }
    assertThat(out).hasToString("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter22",
        "p4ss w0rd&<>\"'/\\$`x",
        "two\nlines of it",
        "tab\tand\u0001control",
        "ünïcödé-pass",
        "+/+/+/+/~?*()",
        "it's \"quoted\""
      })
  void a_secret_is_found_however_programs_print_it(String secret) {
    // CVE-like history: masking failures are 27 of Jenkins' advisories.
    var bytes = secret.getBytes(UTF_8);
    var spelled = new ArrayList<String>();
    spelled.add(secret);
    spelled.add(HexFormat.of().formatHex(bytes));
    spelled.add(HexFormat.of().withUpperCase().formatHex(bytes));
    spelled.add(java.net.URLEncoder.encode(secret, UTF_8));
    spelled.add(java.net.URLEncoder.encode(secret, UTF_8).replace("+", "%20"));
    spelled.add(secret.replace("'", "'\\''"));
    spelled.add(
        secret
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\t", "\\t")
            .replace("\u0001", "\\u0001"));
    spelled.add(secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    for (var spelling : spelled) {
      assertThat(masked("[" + spelling + "]", secret)).as(spelling).isEqualTo("[[MASKED]]");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void base64_is_found_at_every_alignment(int before) {
    var secret = "correct horse battery staple?>~";
    var text = "x".repeat(before) + secret + "and then more";
    for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      var encoded = encoder.encodeToString(text.getBytes(UTF_8));
      var out = masked(encoded, secret);
      // What remains decodes to the neighbours and to at most a part of one character of the
      // secret.
      assertThat(out).contains("[MASKED]");
      assertThat(out.length() - "[MASKED]".length())
          .isLessThanOrEqualTo(encoded.length() - secret.length() * 8 / 6 + 1);
    }
  }

  @Test
  void a_key_of_many_lines_is_found_line_by_line_and_its_frame_is_left() {
    assertThat(
            masked(
                "line MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj end", KEY))
        .isEqualTo("line [MASKED] end");
    assertThat(masked("a short line", KEY)).isEqualTo("a short line");
    assertThat(masked("-----BEGIN PRIVATE KEY-----", KEY)).isEqualTo("-----BEGIN PRIVATE KEY-----");
    assertThat(masked("<" + KEY + ">", KEY)).isEqualTo("<[MASKED]>");
    var wrapped = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(KEY.getBytes(UTF_8));
    assertThat(masked(wrapped, KEY).replace("[MASKED]", "").strip()).hasSizeLessThan(8);
  }

  @Test
  void a_document_is_found_value_by_value() {
    var document =
        "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN\\nMIIEvQIBADANBg\\u002Bkqh\\n\"}";
    assertThat(masked("key MIIEvQIBADANBg+kqh", document)).isEqualTo("key [MASKED]");
    assertThat(masked("private_key", document)).isEqualTo("private_key");
  }

  @Test
  void what_is_held_back_is_bounded_however_long_the_secret_is() {
    var secret = "0123456789abcdef".repeat(10_000);
    var masking = masking(secret);
    assertThat(masking.longestHeldBack()).isLessThan(1024);
    assertThat(run(masking, "<" + secret + ">")).isEqualTo("<[MASKED]>");
  }

  @Property(tries = 1500)
  void no_way_of_cutting_the_stream_lets_a_secret_through(
      @ForAll("cases") Case given, @ForAll Random random) {
    var masking = masking(given.secrets().toArray(String[]::new));
    var text = given.text().getBytes(ISO_8859_1);
    var out = new Printed();
    var stream = masking.into(out);
    for (var at = 0; at < text.length; ) {
      var part = Math.min(text.length - at, random.nextInt(0, 12));
      stream.write(text, at, part);
      at += part;
      if (random.nextInt(4) == 0) {
        stream.flush();
      }
    }
    stream.close();
    assertThat(out).hasToString(expected(given));
  }

  @Provide
  Arbitrary<Case> cases() {
    // Few letters, so that needles overlap, contain and begin each other all the time.
    var word = Arbitraries.strings().withChars("ab").ofMinLength(6).ofMaxLength(9);
    var noise = Arbitraries.strings().withChars("abc").ofMaxLength(7);
    return word.list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .flatMap(secrets ->
            Combinators.combine(
                    Arbitraries.oneOf(noise, Arbitraries.of(secrets)).list().ofMaxSize(12),
                    Arbitraries.just(secrets))
                .as((parts, all) -> new Case(all, String.join("", parts))));
  }

  record Case(List<String> secrets, String text) {}

  /// The slow way: every byte that belongs to any spelling is marked, then runs of marks are masks.
  private static String expected(Case given) {
    var needles = Spellings.of(given.secrets().stream().map(Secret::of).toList());
    var text = given.text();
    var hidden = new boolean[text.length()];
    for (var needle : needles) {
      var plain = new String(needle, ISO_8859_1);
      for (var at = text.indexOf(plain); at >= 0; at = text.indexOf(plain, at + 1)) {
        Arrays.fill(hidden, at, at + plain.length(), true);
      }
    }
    var out = new StringBuilder();
    for (var at = 0; at < hidden.length; at++) {
      if (!hidden[at]) {
        out.append(text.charAt(at));
      } else if (at == 0 || !hidden[at - 1]) {
        out.append("[MASKED]");
      }
    }
    return out.toString();
  }

  @Property(tries = 300)
  void a_random_secret_in_a_random_spelling_never_comes_out(
      @ForAll("secrets") String secret, @ForAll Random random) {
    var spellings = Spellings.of(List.of(Secret.of(secret)));
    var masking = masking(secret);
    for (var needle : spellings) {
      var out = new Printed();
      var stream = masking.into(out);
      var text = ("log " + new String(needle, ISO_8859_1) + " line").getBytes(ISO_8859_1);
      var cut = random.nextInt(text.length + 1);
      stream.write(text, 0, cut);
      stream.flush();
      stream.write(text, cut, text.length - cut);
      stream.close();
      assertThat(out.toString())
          .doesNotContain(new String(needle, ISO_8859_1))
          .contains("[MASKED]");
    }
  }

  @Provide
  Arbitrary<String> secrets() {
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .withChars("\n\tü€")
        .ofMinLength(6)
        .ofMaxLength(40)
        .filter(s -> s.strip().length() >= 6 && !"[MASKED]".contains(s));
  }

  private static Masking masking(String... secrets) {
    return Masking.of(Arrays.stream(secrets).map(Secret::of).toList());
  }

  private static String masked(String text, String... secrets) {
    return run(masking(secrets), text);
  }

  private static String run(Masking masking, String text) {
    var out = new Printed();
    try (var stream = masking.into(out)) {
      write(stream, text);
    }
    return new String(out.bytes.toByteArray(), UTF_8);
  }

  private static void write(Masking.Output stream, String text) {
    var bytes = text.getBytes(UTF_8);
    stream.write(bytes, 0, bytes.length);
  }

  private static final class Printed implements Masking.Sink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void take(byte[] part, int from, int length) {
      bytes.write(part, from, length);
    }

    @Override
    public String toString() {
      return bytes.toString(ISO_8859_1);
    }
  }
}
