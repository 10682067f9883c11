package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.CountedInput;
import dev.fleetwright.core.artifact.FileTree;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Dotenv;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.HandOuts;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/// Takes what jobs leave at their runners: an archive of files, and reports.
///
/// Nothing of an archive is written where it says: each file becomes content by its digest, and its
/// path is only a name. What leads out of the tree is refused with the whole upload (CVE-2025-62156
/// and its incomplete fix, CVE-2025-66626).
public final class JobUploads {

  /// As the built-in executor takes them.
  private static final int MOST_FILES = 200_000;

  /// Longer than any path that a link could usefully lead to.
  private static final int LONGEST_LINK = 4096;

  private final HandOuts handOuts;
  private final Blobs blobs;
  private final long most;
  private final InstantSource clock;

  /// @param most how many bytes one upload may hold, packed and unpacked
  JobUploads(HandOuts handOuts, Blobs blobs, long most, InstantSource clock) {
    this.handOuts = handOuts;
    this.blobs = blobs;
    this.most = most;
    this.clock = clock;
  }

  /// How many bytes one upload may have.
  public long most() {
    return most;
  }

  /// What became of an upload.
  public sealed interface Kept {
    /// It is kept, durably.
    record Yes() implements Kept {}

    /// It is too much.
    record TooLarge(String message) implements Kept {}

    /// It cannot be kept. The job fails with this when it ends.
    record Refused(String message) implements Kept {}

    /// The job is not with that runner any more.
    record Gone() implements Kept {}
  }

  /// Keep an upload.
  ///
  /// @param type `archive`, or the kind of a report such as `junit`
  /// @param format `zip`, `gzip` or `raw`
  /// @param name of the file, as the runner says
  public Kept keep(HandOut handOut, String type, String format, String name, Path upload)
      throws IOException {
    if (type.equals("metadata")) {
      // An index of the archive, which has one of its own.
      return new Kept.Yes();
    }
    var budget = new Budget(most);
    var read = new Read();
    try {
      switch (format) {
        case "zip" -> unzip(upload, budget, read);
        case "gzip" -> gunzip(upload, type, budget, read);
        case "raw" -> raw(upload, name, budget, read);
        default -> throw new Unusable("artifacts of the format `" + format + "` are not known");
      }
      read.problem = FileTree.problem(List.copyOf(read.files.values())).orElse(read.problem);
    } catch (Budget.Exceeded e) {
      return new Kept.TooLarge(String.valueOf(e.getMessage()));
    } catch (Unusable e) {
      read.problem = String.valueOf(e.getMessage());
    }
    if (!read.problem.isEmpty()) {
      var there =
          handOuts.keep(handOut.id(), List.of(), Map.of(), List.of(read.problem), clock.instant());
      return there ? new Kept.Refused(read.problem) : new Kept.Gone();
    }
    return handOuts.keep(
            handOut.id(),
            List.copyOf(read.files.values()),
            read.dotenv,
            read.dotenvProblems,
            clock.instant())
        ? new Kept.Yes()
        : new Kept.Gone();
  }

  /// What an upload holds.
  private static final class Read {
    private final TreeMap<String, TreeEntry> files = new TreeMap<>();
    private final TreeMap<String, String> dotenv = new TreeMap<>();
    private final List<String> dotenvProblems = new ArrayList<>();
    private String problem = "";

    void add(TreeEntry entry) throws IOException {
      files.put(entry.path(), entry);
      if (files.size() > MOST_FILES) {
        throw new Budget.Exceeded("artifacts of more than %,d files".formatted(MOST_FILES));
      }
    }
  }

  private void unzip(Path upload, Budget budget, Read read) throws IOException {
    try (var zip = opened(upload)) {
      var count = 0;
      for (var entry : Collections.list(zip.getEntries())) {
        if (++count > 2 * MOST_FILES) {
          throw new Budget.Exceeded("artifacts of more than %,d entries".formatted(count));
        }
        if (!entry.isDirectory()) {
          var kept = entry(zip, entry, budget);
          if (kept.isPresent()) {
            read.add(kept.get());
          }
        }
      }
    }
  }

  private static ZipFile opened(Path upload) throws IOException {
    try {
      return ZipFile.builder().setPath(upload).get();
    } catch (IOException e) {
      throw new Unusable("artifacts: the archive cannot be read: " + e.getMessage());
    }
  }

  /// @return empty for a link that leaves the tree, such as those of a Python environment, which
  ///   would mean nothing elsewhere
  private Optional<TreeEntry> entry(ZipFile zip, ZipArchiveEntry entry, Budget budget)
      throws IOException {
    var path = entry.getName();
    try {
      // Before anything is kept, so that a bad name costs nothing.
      checkPath(path);
    } catch (IllegalArgumentException e) {
      throw new Unusable("artifacts: " + e.getMessage());
    }
    if (!zip.canReadEntryData(entry)) {
      throw new Unusable("artifacts: `%s` is packed in a way that is not known".formatted(path));
    }
    try (var content = budget.of(zip.getInputStream(entry))) {
      if (entry.isUnixSymlink()) {
        return link(path, new String(content.readNBytes(LONGEST_LINK), StandardCharsets.UTF_8));
      }
      var executable = (entry.getUnixMode() & 0100) != 0;
      var before = budget.used;
      var digest = blobs.put(content);
      return Optional.of(new TreeEntry.File(path, digest, budget.used - before, executable));
    }
  }

  private static Optional<TreeEntry> link(String path, String to) {
    try {
      return Optional.of(new TreeEntry.Link(path, to));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static void checkPath(String path) {
    var _ = new TreeEntry.Link(path, ".");
  }

  /// Reports come as one gzip member for each file, whose comment is the file's path.
  private void gunzip(Path upload, String type, Budget budget, Read read) throws IOException {
    try (var in = new BufferedInputStream(Files.newInputStream(upload))) {
      for (var number = 0; ; number++) {
        in.mark(1);
        if (in.read() < 0) {
          return;
        }
        in.reset();
        member(in, type, number, budget, read);
      }
    }
  }

  private void member(BufferedInputStream in, String type, int number, Budget budget, Read read)
      throws IOException {
    // Not closed: what follows this member is read next.
    var member = member(in);
    var said = member.getMetaData().getComment();
    var named = said == null || said.isEmpty() ? member.getMetaData().getFileName() : said;
    var path = named == null || named.isEmpty() ? type + "-" + number : relative(named);
    var content = budget.of(member);
    if (type.equals("dotenv")) {
      switch (Dotenv.parse(content.readNBytes(Dotenv.MOST_BYTES + 1))) {
        case Dotenv.Variables(var values) -> read.dotenv.putAll(values);
        case Dotenv.Wrong(var line, var what) ->
            read.dotenvProblems.add(
                "dotenv report `%s`%s: %s"
                    .formatted(path, line == 0 ? "" : ", line " + line, what));
      }
      var _ = content.skip(Long.MAX_VALUE);
      return;
    }
    try {
      checkPath(path);
    } catch (IllegalArgumentException e) {
      throw new Unusable("report of type `" + type + "`: " + e.getMessage());
    }
    var before = budget.used;
    var digest = blobs.put(content);
    read.add(new TreeEntry.File(path, digest, budget.used - before, false));
  }

  private static GzipCompressorInputStream member(BufferedInputStream in) throws IOException {
    try {
      return GzipCompressorInputStream.builder()
          .setInputStream(in)
          .setDecompressConcatenated(false)
          .get();
    } catch (IOException e) {
      throw new Unusable("a report cannot be unpacked: " + e.getMessage());
    }
  }

  private static String relative(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }

  private void raw(Path upload, String name, Budget budget, Read read) throws IOException {
    var path = name.substring(name.lastIndexOf('/') + 1);
    try (var content = budget.of(Files.newInputStream(upload))) {
      checkPath(path);
      var digest = blobs.put(content);
      read.add(new TreeEntry.File(path, digest, budget.used, false));
    } catch (IllegalArgumentException e) {
      throw new Unusable("artifacts: " + e.getMessage());
    }
  }

  /// What was uploaded cannot be used; for people.
  private static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  /// Counts what is unpacked, whatever an archive says of itself.
  private static final class Budget {
    private final long most;
    private long used;

    Budget(long most) {
      this.most = most;
    }

    InputStream of(InputStream content) {
      return new CountedInput(content, this::count);
    }

    private void count(int more) throws Exceeded {
      used += more;
      if (used > most) {
        throw new Exceeded("artifacts of more than %,d bytes".formatted(most));
      }
    }

    /// There is more than may be.
    static final class Exceeded extends IOException {
      private static final long serialVersionUID = 1;

      Exceeded(String message) {
        super(message);
      }
    }
  }
}
