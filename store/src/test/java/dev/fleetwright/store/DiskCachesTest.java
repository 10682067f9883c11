package dev.fleetwright.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.pipeline.CacheStore.Name;
import dev.fleetwright.core.project.ProjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCachesTest {

  private static final ProjectName SHOP = new ProjectName("shop");

  @TempDir Path temporary;
  private Instant now = Instant.parse("2026-11-22T12:00:00Z");

  @Test
  void the_later_of_two_stays_and_who_reads_the_earlier_reads_it_to_its_end() throws IOException {
    var caches = caches(1000);
    put(caches, name("k"), "first");
    try (var first = caches.open(name("k")).orElseThrow()) {
      put(caches, name("k"), "second");
      assertThat(first).hasContent("first");
    }
    assertThat(caches.open(name("k")).orElseThrow()).hasContent("second");
    assertThat(caches.open(name("other"))).isEmpty();
    assertThat(caches.open(new Name(SHOP, false, "k"))).isEmpty();
    assertThat(caches.open(new Name(new ProjectName("other"), true, "k"))).isEmpty();
  }

  @Test
  void what_was_not_used_for_the_longest_time_makes_room() throws IOException {
    var caches = caches(100);
    for (var key : new String[] {"a", "b", "c"}) {
      put(caches, name(key), "x".repeat(30));
      now = now.plusSeconds(60);
    }
    caches.open(name("a")).orElseThrow().close();
    now = now.plusSeconds(60);
    put(caches, name("d"), "x".repeat(30));
    assertThat(caches.open(name("b"))).isEmpty();
    for (var key : new String[] {"a", "c", "d"}) {
      assertThat(caches.open(name(key)).orElseThrow()).hasContent("x".repeat(30));
    }
  }

  @Test
  void what_is_larger_than_all_may_be_is_refused_and_nothing_goes() throws IOException {
    var caches = caches(100);
    put(caches, name("a"), "x");
    assertThatThrownBy(() -> put(caches, name("b"), "x".repeat(101)))
        .hasMessage("it has 101 bytes, and all caches together may have 100");
    assertThat(caches.open(name("a"))).isPresent();
  }

  @Test
  void a_key_is_never_a_path() throws IOException {
    var caches = caches(100);
    put(caches, name("../../../outside"), "x");
    assertThat(caches.open(name("../../../outside"))).isPresent();
    try (var files = Files.walk(temporary)) {
      assertThat(files.filter(Files::isRegularFile))
          .allMatch(f -> f.startsWith(temporary.resolve("caches/shop")) || f.endsWith("archive"));
    }
  }

  @Test
  void many_at_once_each_read_something_whole() throws IOException {
    var caches = caches(5000);
    put(caches, name("k"), "0".repeat(1000));
    var all =
        IntStream.range(0, 8)
            .mapToObj(n ->
                CompletableFuture.runAsync(() -> {
                  try {
                    var archive = Files.writeString(temporary.resolve("own" + n), digits(n));
                    for (var i = 0; i < 50; i++) {
                      caches.put(name("k"), archive);
                      try (var in = caches.open(name("k")).orElseThrow()) {
                        var text = new String(in.readAllBytes(), UTF_8);
                        assertThat(text).hasSize(1000).matches("(.)\\1*");
                      }
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                }))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(all).join();
  }

  private static String digits(int n) {
    return Integer.toString(n).repeat(1000);
  }

  private DiskCaches caches(long most) {
    return new DiskCaches(temporary.resolve("caches"), most, () -> now);
  }

  private static Name name(String key) {
    return new Name(SHOP, true, key);
  }

  private void put(DiskCaches caches, Name name, String content) throws IOException {
    caches.put(name, Files.writeString(temporary.resolve("archive"), content));
  }
}
