package dev.fleetwright.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.secret.Masking;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.store.DiskLogs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// How fast what a job prints gets into its log: read in the pieces that a pipe gives, masked
/// against a hundred secrets in all their spellings, appended, and at the end forced to the disk;
/// on one thread. Beside it, in turns and in the same run, `grep -F -f` looks for the same secrets
/// as they are, and forgets what it read.
///
/// Run by `bench/log-ingest`. Arguments: how many rounds, how many MiB.
final class LogIngest {

  private static final int SECRETS = 100;
  private static final int PIECE = 1 << 14; // as JobProcess reads
  private static final int A_SECRET_EACH = 1000; // lines

  private LogIngest() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var rounds = Integer.parseInt(arguments[0]);
    var mebibytes = Integer.parseInt(arguments[1]);
    var scratch = Files.createTempDirectory("fleetwright-bench");
    var out = System.out;
    try {
      var random = new Random(7);
      var secrets = new ArrayList<String>();
      for (var i = 0; i < SECRETS; i++) {
        secrets.add("s3cr3t-%016x".formatted(random.nextLong()));
      }
      var needles = Files.write(scratch.resolve("needles"), secrets, UTF_8);
      var printed = print(scratch.resolve("printed"), mebibytes, secrets, random);
      var bytes = Files.size(printed);
      var ours = new ArrayList<Double>();
      var theirs = new ArrayList<Double>();
      for (var round = 0; round <= rounds; round++) {
        var took = ingest(printed, scratch.resolve("logs-" + round), secrets);
        var grep = grep(needles, printed);
        if (round > 0) { // the first is for the compiler
          ours.add(bytes / 1e6 / took);
          theirs.add(bytes / 1e6 / grep);
          out.println(
              "round %d: log %.0f MB/s, grep -F %.0f MB/s"
                  .formatted(round, ours.getLast(), theirs.getLast()));
        }
      }
      out.println(
          "median: log %.0f MB/s (at least 50 are promised), grep -F %.0f MB/s, ratio %.2f"
              .formatted(median(ours), median(theirs), median(ours) / median(theirs)));
    } finally {
      try (var files = Files.walk(scratch)) {
        for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Path print(Path file, int mebibytes, List<String> secrets, Random random)
      throws IOException {
    var line = 0;
    var left = (long) mebibytes << 20;
    try (var writer = Files.newBufferedWriter(file, UTF_8)) {
      while (left > 0) {
        var secret =
            line % A_SECRET_EACH == 0 ? secrets.get(random.nextInt(secrets.size())) : "nothing";
        var text =
            "[INFO] %08d Compiling module %s of the shop with %s and %x%n"
                .formatted(line++, "abcdefgh".charAt(line % 8), secret, random.nextLong());
        writer.write(text);
        left -= text.length();
      }
    }
    return file;
  }

  /// @return seconds, until all of it is on the disk
  private static double ingest(Path printed, Path folder, List<String> secrets) throws IOException {
    var masking = Masking.of(secrets.stream().map(Secret::of).toList());
    var name = LogName.job(1);
    var begin = System.nanoTime();
    try (var logs = new DiskLogs(folder);
        var in = Files.newInputStream(printed)) {
      try (var masked =
          masking.into((bytes, from, length) -> logs.append(name, bytes, from, length))) {
        var piece = new byte[PIECE];
        for (var count = in.read(piece); count >= 0; count = in.read(piece)) {
          masked.write(piece, 0, count);
        }
      }
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
    var took = (System.nanoTime() - begin) / 1e9;
    check(folder, secrets);
    return took;
  }

  private static void check(Path folder, List<String> secrets) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        var text = Files.readString(file);
        if (!text.contains("[MASKED]") || secrets.stream().anyMatch(text::contains)) {
          throw new IllegalStateException("the log holds a secret");
        }
      }
    }
  }

  private static double grep(Path needles, Path printed) throws IOException, InterruptedException {
    var begin = System.nanoTime();
    var builder =
        new ProcessBuilder("grep", "-F", "-c", "-f", needles.toString(), printed.toString())
            // Not to /dev/null: grep sees that, and stops at the first line that it finds.
            .redirectOutput(needles.resolveSibling("count").toFile());
    builder.environment().put("LC_ALL", "C");
    var grep = builder.start();
    if (grep.waitFor() != 0) {
      throw new IllegalStateException("grep found nothing");
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
