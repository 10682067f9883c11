package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.pipeline.CacheStore;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Keep;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.Cache.Policy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {

  @TempDir Path temporary;
  private Workshop workshop;

  @BeforeEach
  void a_workshop() throws IOException {
    workshop = Workshop.open(temporary);
  }

  @AfterEach
  void closing_time() {
    workshop.close();
  }

  @Test
  void what_one_job_leaves_the_next_one_finds_with_its_times_and_links() throws Exception {
    var cache = cache("main", "lib/");
    assertThat(
            succeeds(
                workshop
                    .job(
                        "test ! -e lib",
                        "mkdir -p lib/deep; echo 1 > lib/deep/a; chmod 755 lib/deep/a",
                        "touch -d 2001-02-03T04:05:06Z lib/deep/a",
                        "ln -s /usr/bin/env lib/env")
                    .cached(cache)))
        .contains("Cache main is not there")
        .contains("Cache main: kept 2 files");
    assertThat(
            succeeds(
                workshop
                    .job(
                        "test -x lib/deep/a",
                        "test \"$(date -u -r lib/deep/a +%F)\" = 2001-02-03",
                        "test \"$(readlink lib/env)\" = /usr/bin/env")
                    .cached(cache)))
        .contains("Cache main: 2 files")
        .contains("Cache main is as it was");
  }

  @Test
  void a_policy_says_whether_it_is_read_and_whether_it_is_written() throws Exception {
    succeeds(workshop.job("echo 1 > kept").cached(cache("k", "kept")));
    succeeds(workshop.job("test ! -e kept; echo 2 > kept").cached(with(Policy.PUSH)));
    succeeds(workshop.job("grep 2 kept; echo 3 > kept").cached(with(Policy.PULL)));
    succeeds(workshop.job("grep 2 kept").cached(with(Policy.PULL)));
  }

  private static Cache with(Policy policy) {
    return cache(new Cache.Key.Fixed("k"), policy, Keep.ON_SUCCESS, List.of(), "kept");
  }

  @Test
  void it_is_kept_after_the_end_that_the_job_names() throws Exception {
    for (var when : Keep.values()) {
      for (var line : List.of("true", "false")) {
        var key = when + line;
        workshop
            .job("echo 1 > kept", line)
            .cached(cache(new Cache.Key.Fixed(key), Policy.PULL_PUSH, when, List.of(), "kept"))
            .run();
        var expected =
            switch (when) {
              case ON_SUCCESS -> line.equals("true");
              case ON_FAILURE -> line.equals("false");
              case ALWAYS -> true;
            };
        assertThat(is(true, key)).as(key).isEqualTo(expected);
      }
    }
  }

  @Test
  void a_key_may_name_variables_and_fallbacks_are_tried_in_order() throws Exception {
    succeeds(workshop.job("echo old > kept").cached(cache("base", "kept")));
    var branch =
        cache(
            new Cache.Key.Fixed("$CI_COMMIT_REF_SLUG"),
            Policy.PULL_PUSH,
            Keep.ON_SUCCESS,
            List.of("nothing", "base"),
            "kept");
    assertThat(
            succeeds(
                workshop
                    .job("grep old kept; echo new > kept")
                    .variable("CI_COMMIT_REF_SLUG", "feature-x")
                    .cached(branch)))
        .contains(
            "Cache feature-x is not there", "Cache nothing is not there", "Cache base: 1 files");
    assertThat(is(true, "feature-x")).isTrue();
    succeeds(
        workshop
            .job("grep old kept")
            .variable("CACHE_FALLBACK_KEY", "base")
            .cached(cache("other", "kept")));
  }

  @Test
  void a_key_of_files_changes_with_their_content() throws Exception {
    var key = new Cache.Key.OfFiles(List.of("src/*.java"), false, Optional.of("jars"));
    var cache = cache(key, Policy.PULL_PUSH, Keep.ON_SUCCESS, List.of(), "kept");
    succeeds(workshop.job("echo 1 > kept").cached(cache));
    assertThat(succeeds(workshop.job("grep 1 kept").cached(cache)))
        .containsPattern("Cache jars-[0-9a-f]{40}: 1 files");
    var missing = new Cache.Key.OfFiles(List.of("no-such.lock"), false, Optional.empty());
    succeeds(
        workshop
            .job("echo 1 > kept")
            .cached(cache(missing, Policy.PULL_PUSH, Keep.ON_SUCCESS, List.of(), "kept")));
    assertThat(is(true, "default")).isTrue();
  }

  @Test
  void several_caches_are_independent() throws Exception {
    succeeds(workshop.job("echo 1 > a; echo 2 > b").cached(cache("a", "a"), cache("b", "b")));
    succeeds(workshop.job("grep 2 b; test ! -e a").cached(cache("b", "b")));
  }

  @Test
  void untracked_files_are_those_that_the_repository_has_not() throws Exception {
    var cache =
        new Cache(
            new Cache.Key.Fixed("u"),
            List.of(),
            true,
            false,
            Policy.PULL_PUSH,
            Keep.ON_SUCCESS,
            List.of());
    assertThat(succeeds(workshop.job("mkdir out; echo 1 > out/a").cached(cache)))
        .contains("kept 1 files");
  }

  /// Else a branch that anybody can push would put its programs into the builds of the main one.
  @Test
  void an_unprotected_branch_neither_sees_nor_changes_the_cache_of_a_protected_one()
      throws Exception {
    succeeds(workshop.job("echo good > kept").cached(cache("k", "kept")));
    succeeds(
        workshop
            .job("test ! -e kept; echo evil > kept")
            // What a run may be started with says nothing.
            .variable("CI_COMMIT_REF_PROTECTED", "true")
            .untrusted()
            .cached(cache("k", "kept")));
    succeeds(workshop.job("grep good kept").cached(cache("k", "kept")));
    var shared =
        new Cache(
            new Cache.Key.Fixed("k"),
            List.of("kept"),
            false,
            true,
            Policy.PULL_PUSH,
            Keep.ON_SUCCESS,
            List.of());
    succeeds(workshop.job("grep evil kept").cached(shared));
  }

  @Test
  void a_damaged_cache_costs_time_and_nothing_else() throws Exception {
    put("k", "no archive".getBytes(UTF_8));
    assertThat(succeeds(workshop.job("echo 1 > kept").cached(cache("k", "kept"))))
        .contains("WARNING: the cache is not restored: ");
    succeeds(workshop.job("grep 1 kept").cached(cache("k", "kept")));
  }

  @Test
  void an_archive_that_reaches_out_of_the_work_tree_is_not_laid_out() throws Exception {
    var outside = temporary.resolve("outside");
    Files.createDirectories(outside);
    for (var archive :
        List.of(
            tar(file("../../../../outside/a", "evil")),
            tar(file(outside + "/a", "evil")),
            tar(file(".git/hooks/post-checkout", "evil")),
            tar(file("x/../../a", "evil")),
            tar(entry("hard", TarConstants.LF_LINK, "../../../../outside/a")),
            tar(entry("pipe", TarConstants.LF_FIFO, "")))) {
      put("k", archive);
      assertThat(
              succeeds(
                  workshop.job("test ! -e .git/hooks/post-checkout").cached(cache("k", "kept"))))
          .contains("WARNING: the cache is not restored: ");
      assertThat(outside).isEmptyDirectory();
    }
    // A link is laid out as it is, and nothing is written through it, in this archive or the next.
    put("k", tar(entry("way", TarConstants.LF_SYMLINK, outside.toString()), file("way/a", "evil")));
    put("l", tar(file("way2/a", "evil")));
    put("m", tar(entry("way2", TarConstants.LF_SYMLINK, outside.toString())));
    succeeds(
        workshop.job("true").cached(cache("k", "kept"), cache("m", "kept"), cache("l", "kept")));
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void an_archive_that_grows_is_stopped() throws Exception {
    var folder = Files.createDirectories(temporary.resolve("tree"));
    var zeros = tar(file("zeros", "0".repeat(1 << 20)));
    assertThat(zeros.length).isLessThan(1 << 14);
    assertThatThrownBy(() ->
            CacheArchive.unpack(
                new ByteArrayInputStream(zeros), folder, new CacheArchive.Limits(10, 1 << 19)))
        .isInstanceOf(IOException.class);
    var many = tar(file("a", "1"), file("b", "2"), file("c", "3"));
    assertThatThrownBy(() ->
            CacheArchive.unpack(
                new ByteArrayInputStream(many), folder, new CacheArchive.Limits(2, 1 << 19)))
        .hasMessageContaining("more than 2 files");
  }

  private String succeeds(Workshop.Job job) throws InterruptedException {
    var ending = job.run().ending();
    assertThat(ending).as(job.log()).isEqualTo(new Ending.Succeeded());
    return job.log();
  }

  private boolean is(boolean trusted, String key) {
    return Files.exists(workshop.caches.file(new CacheStore.Name(Workshop.SHOP, trusted, key)));
  }

  private void put(String key, byte[] archive) throws IOException {
    var file = Files.write(temporary.resolve("archive"), archive);
    workshop.caches.put(new CacheStore.Name(Workshop.SHOP, true, key), file);
  }

  private static Cache cache(String key, String path) {
    return cache(new Cache.Key.Fixed(key), Policy.PULL_PUSH, Keep.ON_SUCCESS, List.of(), path);
  }

  private static Cache cache(
      Cache.Key key, Policy policy, Keep when, List<String> fallbacks, String path) {
    return new Cache(key, List.of(path), false, false, policy, when, fallbacks);
  }

  private record Item(TarArchiveEntry entry, String content) {}

  private static Item file(String name, String text) {
    var entry = new TarArchiveEntry(name, true);
    entry.setSize(text.length());
    return new Item(entry, text);
  }

  private static Item entry(String name, byte kind, String link) {
    var entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(link);
    return new Item(entry, "");
  }

  private static byte[] tar(Item... items) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zipped = new GzipCompressorOutputStream(bytes);
        var tar = new TarArchiveOutputStream(zipped)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (var item : items) {
        tar.putArchiveEntry(item.entry());
        tar.write(item.content().getBytes(UTF_8));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
