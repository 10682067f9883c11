package dev.fleetwright.bench;

import dev.fleetwright.adapters.ssh.SshTarget;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.store.DiskBlobs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Deploys files to hosts over SSH, ours beside `rsync -a` followed by a switch of a link, in
/// turns, so that both see the same machine. Prints ratios; times alone say nothing on a shared
/// machine.
///
/// Run by the script `bench/ssh-deploy`, which starts the hosts. Arguments: a scratch folder that
/// has `login`, `known_hosts` and `ssh_config`; the login; the port; how many hosts; how many
/// rounds.
final class SshDeploy {

  private static final int FILES = 1000;
  private static final int BYTES = 20_000;
  private static final int SMALL_CHANGE = 10;

  private final Path scratch;
  private final String user;
  private final String port;
  private final int hosts;
  private final PrintStream out = System.out;
  private final Random random = new Random(2);
  private final Map<String, List<Double>> ratios = new LinkedHashMap<>();
  private long deploys;

  private SshDeploy(Path scratch, String user, String port, int hosts) {
    this.scratch = scratch;
    this.user = user;
    this.port = port;
    this.hosts = hosts;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    new SshDeploy(Path.of(args[0]), args[1], args[2], Integer.parseInt(args[3]))
        .run(Integer.parseInt(args[4]));
  }

  private void run(int rounds) throws IOException, InterruptedException {
    out.printf(
        Locale.ROOT, "%d hosts, %d files, %.0f MB each%n", hosts, FILES, FILES * BYTES / 1e6);
    var files = Files.createDirectories(scratch.resolve("files"));
    for (var i = 0; i < FILES; i++) {
      write(files, i);
    }
    try (var client = new SshTarget.Client()) {
      for (var round = 0; round < rounds; round++) {
        // The first round is also the one in which our classes are loaded and compiled.
        var name = round == 0 ? "cold " : "";
        var target = target(client, round);
        var before = client.handshakes();
        compare(name + "first", target, files, round);
        for (var i = 0; i < SMALL_CHANGE; i++) {
          write(files, random.nextInt(FILES));
        }
        compare(name + "small change", target, files, round);
        compare(name + "no change", target, files, round);
        out.printf("handshakes of ours: %d%n", client.handshakes() - before);
      }
    }
    ratios.forEach((what, seen) -> {
      seen.sort(null);
      out.printf(
          Locale.ROOT,
          "%-18s ours / rsync: median %.2f (%.2f to %.2f)%n",
          what,
          seen.get(seen.size() / 2),
          seen.getFirst(),
          seen.getLast());
    });
  }

  private void write(Path files, int number) throws IOException {
    var content = new byte[BYTES];
    random.nextBytes(content);
    Files.write(files.resolve(Integer.toString(number)), content);
  }

  private void compare(String what, SshTarget target, Path files, int round)
      throws IOException, InterruptedException {
    var blobs = new DiskBlobs(scratch.resolve("blobs"));
    var entries = new ArrayList<TreeEntry>();
    for (var i = 0; i < FILES; i++) {
      var content = Files.readAllBytes(files.resolve(Integer.toString(i)));
      entries.add(new TreeEntry.File("f/" + i, blobs.put(content), content.length, false));
    }
    var revision = new Revision(List.of(new Component("site", entries, Settings.NONE)));
    var rsync = milliseconds(() -> rsync(files, round));
    var ours = milliseconds(() -> ours(target, revision));
    out.printf(Locale.ROOT, "%-18s rsync %6.0f ms, ours %6.0f ms%n", what, rsync, ours);
    ratios.computeIfAbsent(what, _ -> new ArrayList<>()).add(ours / rsync);
  }

  private void ours(SshTarget target, Revision revision) {
    var place = new Place(new ProjectName("bench"), new EnvironmentSlug("hosts"), "here");
    var order = new Order(new ApplyId(++deploys, 0, false), 1, _ -> {});
    var answer = target.apply(order, place, revision, Slice.all());
    if (!(answer instanceof Outcome.Applied)) {
      throw new IllegalStateException("not applied: " + answer);
    }
  }

  private SshTarget target(SshTarget.Client client, int round) throws IOException {
    var settings = new TreeMap<String, String>();
    for (var i = 0; i < hosts; i++) {
      settings.put("hosts." + i, address(i) + ":" + port);
    }
    settings.put("user", user);
    settings.put("key", "file:" + scratch.resolve("login"));
    settings.put("known_hosts", "file:" + scratch.resolve("known_hosts"));
    settings.put("directory", "ours" + round);
    return new SshTarget(
        new TargetBinding("here", "ssh", Settings.of(settings)),
        new DiskBlobs(scratch.resolve("blobs")),
        client);
  }

  private static String address(int host) {
    return "127.0.0." + (host + 2);
  }

  /// On all hosts at once: send into a new release beside the last one, then switch.
  private void rsync(Path files, int round) throws IOException, InterruptedException {
    var ssh = "ssh -F " + scratch.resolve("ssh_config");
    var running = new ArrayList<Process>();
    for (var i = 0; i < hosts; i++) {
      var to = address(i) + ":rsync" + round + "/";
      running.add(start(List.of("rsync", "-a", "-e", ssh, files + "/", to)));
    }
    end(running);
    running.clear();
    for (var i = 0; i < hosts; i++) {
      var flip = "ln -sfn rsync" + round + " current.part && mv -T current.part current";
      running.add(
          start(List.of("ssh", "-F", scratch.resolve("ssh_config").toString(), address(i), flip)));
    }
    end(running);
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void end(List<Process> running) throws IOException, InterruptedException {
    for (var process : running) {
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("rsync or ssh failed: " + said);
      }
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static double milliseconds(Work work) throws IOException, InterruptedException {
    var began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e6;
  }
}
