package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.pipeline.CacheStore;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.Cache.Policy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The caches of one job. Nothing that goes wrong with one fails the job: it is told in the log,
/// and the job is slower.
final class JobCaches {

  private static final Logger log = LoggerFactory.getLogger(JobCaches.class);
  private static final int LONGEST_KEY = 1000;
  private static final int MOST_OF_A_FILE = 64 << 20;

  /// Paths that came from the repository.
  @FunctionalInterface
  interface Tracked {
    Set<String> paths() throws IOException;
  }

  private final CacheStore store;
  private final JobOrder order;
  private final Path tree;
  private final FileSearch search;
  private final Tracked tracked;
  private final Map<String, String> environment;
  private final JobConsole console;
  private final Map<Cache, String> keys = new HashMap<>();
  private final Map<Cache, Digest> asRestored = new HashMap<>();

  JobCaches(
      CacheStore store,
      JobOrder order,
      Path tree,
      FileSearch search,
      Tracked tracked,
      Map<String, String> environment,
      JobConsole console) {
    this.store = store;
    this.order = order;
    this.tree = tree;
    this.search = search;
    this.tracked = tracked;
    this.environment = environment;
    this.console = console;
  }

  private List<Cache> all() {
    return order.spec().workplace().caches();
  }

  /// Lay out what is there, before the script.
  void restore() {
    if (all().isEmpty()) {
      return;
    }
    try (var _ = console.section("restore_cache", "Restoring cache")) {
      for (var cache : all()) {
        try {
          var key = key(cache.key());
          keys.put(cache, key);
          if (cache.policy() != Policy.PUSH) {
            restore(cache, key);
          }
        } catch (IOException e) {
          failed("restored", e);
        }
      }
    }
  }

  private void restore(Cache cache, String key) throws IOException {
    for (var candidate : candidates(cache, key)) {
      try (var in = store.open(name(cache, candidate)).orElse(null)) {
        if (in == null) {
          console.say("Cache %s is not there".formatted(candidate));
          continue;
        }
        var files = CacheArchive.unpack(in, tree, CacheArchive.Limits.USUAL);
        console.say("Cache %s: %,d files".formatted(candidate, files));
        if (candidate.equals(key)) {
          asRestored.put(
              cache,
              CacheArchive.state(
                  tree,
                  search.quietly(cache.paths(), List.of(), cache.untracked(), tracked(cache))));
        }
        return;
      }
    }
  }

  private List<String> candidates(Cache cache, String key) {
    var candidates = new ArrayList<String>();
    candidates.add(key);
    cache.fallbackKeys().forEach(k -> candidates.add(JobEnvironment.expand(k, environment)));
    Optional.ofNullable(environment.get("CACHE_FALLBACK_KEY"))
        .filter(k -> !k.isBlank())
        .ifPresent(candidates::add);
    return candidates.stream().distinct().toList();
  }

  /// Keep what the job leaves, after it.
  void save(boolean succeeded) {
    if (all().stream().noneMatch(cache -> saved(cache, succeeded))) {
      return;
    }
    try (var _ = console.section("archive_cache", "Saving cache")) {
      for (var cache : all()) {
        if (saved(cache, succeeded)) {
          try {
            save(cache);
          } catch (IOException e) {
            failed("saved", e);
          }
        }
      }
    }
  }

  private static boolean saved(Cache cache, boolean succeeded) {
    return cache.policy() != Policy.PULL
        && switch (cache.when()) {
          case ON_SUCCESS -> succeeded;
          case ON_FAILURE -> !succeeded;
          case ALWAYS -> true;
        };
  }

  private void save(Cache cache) throws IOException {
    var key = keys.get(cache);
    if (key == null) {
      return; // it has none, which was told
    }
    var files = files(cache);
    if (files.isEmpty()) {
      console.warn("cache %s: there are no files to keep".formatted(key));
      return;
    }
    if (CacheArchive.state(tree, files).equals(asRestored.get(cache))) {
      console.say("Cache %s is as it was".formatted(key));
      return;
    }
    var archive = Files.createTempFile(tree.getParent(), "cache", ".tar.gz");
    try {
      CacheArchive.pack(tree, files, archive, CacheArchive.Limits.USUAL);
      store.put(name(cache, key), archive);
      console.say(
          "Cache %s: kept %,d files, %,d bytes".formatted(key, files.size(), Files.size(archive)));
    } finally {
      Files.deleteIfExists(archive);
    }
  }

  private Set<String> files(Cache cache) throws IOException {
    return search.all(cache.paths(), List.of(), cache.untracked(), tracked(cache));
  }

  private Set<String> tracked(Cache cache) throws IOException {
    return cache.untracked() ? tracked.paths() : Set.of();
  }

  private CacheStore.Name name(Cache cache, String key) {
    return new CacheStore.Name(order.project(), order.trusted() && !cache.unprotect(), key);
  }

  private String key(Cache.Key key) throws IOException {
    var text =
        switch (key) {
          case Cache.Key.Fixed(var fixed) -> JobEnvironment.expand(fixed, environment);
          case Cache.Key.OfFiles(var files, _, var prefix) -> {
            var hash = hash(files);
            yield prefix
                .map(p -> JobEnvironment.expand(p, environment))
                .filter(p -> !p.isEmpty())
                .map(p -> p + "-" + hash)
                .orElse(hash);
          }
        };
    if (text.length() > LONGEST_KEY) {
      throw new IOException("its key has more than %,d characters".formatted(LONGEST_KEY));
    }
    return text.isBlank() ? "default" : text;
  }

  /// The content of the files and where they are; `default` when there are none, as with GitLab.
  private String hash(List<String> patterns) throws IOException {
    var found = search.some(patterns, List.of());
    var text = new ByteArrayOutputStream();
    for (var path : found) {
      var file = tree.resolve(path);
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        try (var content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
          text.writeBytes(
              (path + "\0" + Digest.of(content.readNBytes(MOST_OF_A_FILE)).hex() + "\n")
                  .getBytes(UTF_8));
        }
      }
    }
    return text.size() == 0 ? "default" : Digest.of(text.toByteArray()).hex().substring(0, 40);
  }

  private void failed(String what, IOException e) {
    console.warn("the cache is not %s: %s".formatted(what, e.getMessage()));
    log.atWarn().addKeyValue("job", order.job()).setCause(e).log("a cache was not " + what);
  }
}
