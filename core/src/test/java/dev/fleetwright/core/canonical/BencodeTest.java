package dev.fleetwright.core.canonical;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.canonical.Bencode.NotCanonical;
import dev.fleetwright.core.canonical.Bencode.Text;
import dev.fleetwright.core.canonical.Bencode.Value;
import dev.fleetwright.core.canonical.Bencode.Whole;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BencodeTest {

  @Test
  void writes_the_examples_of_the_specification() {
    assertThat(text(new Text("spam"))).isEqualTo("4:spam");
    assertThat(text(new Whole(-3))).isEqualTo("i-3e");
    assertThat(text(new Listing(List.of(new Text("spam"), new Text("eggs")))))
        .isEqualTo("l4:spam4:eggse");
    assertThat(text(Dictionary.empty().with("spam", "eggs").with("cow", "moo")))
        .isEqualTo("d3:cow3:moo4:spam4:eggse");
  }

  @Test
  void sorts_keys_by_their_bytes_and_not_by_utf_16() {
    var smile =
        "\uD83D\uDE00"; // beyond the basic plane: before U+FFFD as UTF-16, after it as UTF-8
    var written = Dictionary.empty().with(smile, 1).with("\uFFFD", 2).bytes();
    assertThat(Bencode.read(written))
        .isEqualTo(Dictionary.empty().with("\uFFFD", 2).with(smile, 1));
    assertThat(new String(written, UTF_8)).startsWith("d3:\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "i3",
        "i03e",
        "i-0e",
        "ie",
        "i1x2e",
        "3:ab",
        "03:abc",
        "-1:a",
        "l1:a",
        "d1:b1:x1:a1:ye",
        "d1:a1:x1:a1:ye",
        "di1e1:ae",
        "i1ei2e",
        "x",
        "i99999999999999999999e"
      })
  void refuses_what_is_not_canonical(String bytes) {
    assertThatThrownBy(() -> Bencode.read(bytes.getBytes(UTF_8))).isInstanceOf(NotCanonical.class);
  }

  @Test
  void refuses_text_that_is_not_utf_8() {
    assertThatThrownBy(() -> Bencode.read(new byte[] {'1', ':', (byte) 0xff}))
        .isInstanceOf(NotCanonical.class);
  }

  @Test
  void refuses_nesting_that_would_exhaust_the_stack() {
    var bomb = "l".repeat(100_000) + "e".repeat(100_000);
    assertThatThrownBy(() -> Bencode.read(bomb.getBytes(UTF_8)))
        .isInstanceOf(NotCanonical.class)
        .hasMessageContaining("nested");
  }

  @Property
  void reading_gives_what_was_written(@ForAll("values") Value value) {
    assertThat(Bencode.read(value.bytes())).isEqualTo(value);
  }

  @Property
  void what_can_be_read_is_written_the_same(@ForAll byte[] bytes) {
    try {
      assertThat(Bencode.read(bytes).bytes()).isEqualTo(bytes);
    } catch (NotCanonical _) {
      // Most random bytes are nothing.
    }
  }

  @Provide
  Arbitrary<Value> values() {
    return values(3);
  }

  private static Arbitrary<Value> values(int depth) {
    var texts = Arbitraries.strings().excludeChars('\uD800', '\uDFFF').ofMaxLength(8);
    var plain =
        Arbitraries.<Value>oneOf(
            texts.filter(BencodeTest::isUnicode).map(Text::new),
            Arbitraries.longs().map(Whole::new));
    return depth == 0
        ? plain
        : Arbitraries.oneOf(
            plain,
            values(depth - 1).list().ofMaxSize(4).map(Listing::new),
            Arbitraries.maps(texts.filter(BencodeTest::isUnicode), values(depth - 1))
                .ofMaxSize(4)
                .map(map -> new Dictionary(new java.util.TreeMap<>(map))));
  }

  private static boolean isUnicode(String text) {
    return new String(text.getBytes(UTF_8), UTF_8).equals(text);
  }

  private static String text(Value value) {
    return new String(value.bytes(), UTF_8);
  }
}
