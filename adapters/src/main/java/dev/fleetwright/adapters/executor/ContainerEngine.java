package dev.fleetwright.adapters.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Podman or Docker, by its command line: what is asked of it, as argument vectors. Both understand
/// the same words.
///
/// A value that comes from a pipeline stands behind a `=` or after the image, so that none is read
/// as an option; values of variables are in files and never here, where every user of the machine
/// could read them.
record ContainerEngine(Path program) {

  /// Which server a container or network belongs to: the folder where its jobs are.
  static final String OWNER = "fleetwright.builds";

  /// How podman and docker may be called on this machine, the preferred first.
  static List<ContainerEngine> candidates() {
    return List.of("podman", "docker").stream()
        .flatMap(name -> Machine.find(name).stream())
        .map(ContainerEngine::new)
        .toList();
  }

  /// `podman` or `docker`.
  String name() {
    return String.valueOf(program.getFileName());
  }

  private boolean isPodman() {
    return name().equals("podman");
  }

  List<String> areYouThere() {
    return command("ps", "--quiet");
  }

  /// @param credentials a folder with a `config.json` of registries' credentials
  List<String> pull(String image, Optional<String> platform, Optional<Path> credentials) {
    var command = new ArrayList<String>();
    command.add(program.toString());
    if (!isPodman()) {
      // Docker takes its whole configuration from there.
      credentials.ifPresent(folder -> command.add("--config=" + folder));
    }
    command.add("pull");
    command.add("--quiet");
    if (isPodman()) {
      credentials.ifPresent(folder -> command.add("--authfile=" + folder.resolve("config.json")));
    }
    platform.ifPresent(p -> command.add("--platform=" + p));
    command.add(image);
    return command;
  }

  /// Prints what an image is known by here, and its configuration as JSON.
  List<String> inspectImage(String image) {
    return command("image", "inspect", "--format={{.Id}} {{json .Config}}", image);
  }

  List<String> createNetwork(String name, String owner) {
    return command("network", "create", "--label=" + OWNER + "=" + owner, name);
  }

  List<String> removeNetwork(String name) {
    return command("network", "rm", name);
  }

  /// A container to be made.
  ///
  /// @param hosts addresses of other containers by the names that this one calls them
  /// @param mounts folders of this machine by where the container sees them
  /// @param environmentFiles lines `NAME=value`
  /// @param keepsOutput whether the engine keeps what it prints, for later
  record Container(
      String name,
      String owner,
      String image,
      Optional<String> network,
      SequencedMap<String, String> hosts,
      SequencedMap<String, Path> mounts,
      Optional<String> folder,
      List<Path> environmentFiles,
      Optional<String> user,
      Optional<String> platform,
      List<String> entrypoint,
      List<String> arguments,
      boolean keepsOutput) {}

  List<String> create(Container container, Bounds bounds) {
    var command = command("create");
    command.add("--name=" + container.name());
    command.add("--label=" + OWNER + "=" + container.owner());
    container.network().ifPresent(network -> command.add("--network=" + network));
    container.hosts().forEach((host, address) -> command.add("--add-host=" + host + ":" + address));
    container
        .mounts()
        .forEach(
            (at, source) -> command.add("--mount=type=bind,source=" + source + ",target=" + at));
    // Files of ours carry no label that SELinux would let a container read.
    command.add("--security-opt=label=disable");
    container.folder().ifPresent(folder -> command.add("--workdir=" + folder));
    container.environmentFiles().forEach(file -> command.add("--env-file=" + file));
    container.user().ifPresent(user -> command.add("--user=" + user));
    container.platform().ifPresent(platform -> command.add("--platform=" + platform));
    command.add("--pids-limit=" + bounds.processes());
    bounds.memory().ifPresent(memory -> command.add("--memory=" + memory));
    bounds.cpus().ifPresent(cpus -> command.add("--cpus=" + cpus));
    if (container.keepsOutput()) {
      command.add("--log-driver=json-file");
      command.add("--log-opt=max-size=1m");
    } else {
      // What a job prints is in its log; the engine would keep it a second time, without end.
      command.add("--log-driver=none");
    }
    command.add("--pull=never"); // it was fetched before, by the job's own rule
    if (!container.entrypoint().isEmpty()) {
      command.add("--entrypoint=" + container.entrypoint().getFirst());
    }
    command.add(container.image());
    if (container.entrypoint().size() > 1) {
      command.addAll(container.entrypoint().subList(1, container.entrypoint().size()));
    }
    command.addAll(container.arguments());
    return command;
  }

  /// Start it and show what it prints until it ends.
  List<String> startAttached(String container) {
    return command("start", "--attach", container);
  }

  List<String> start(String container) {
    return command("start", container);
  }

  /// Tell everything in a container but its first process to end.
  List<String> terminate(String container) {
    return command("exec", "--user=0", container, "sh", "-c", "kill -s TERM -1");
  }

  List<String> kill(String container) {
    return command("kill", container);
  }

  /// One at a time: Podman removes none of several when one of them is not there.
  List<String> remove(String container) {
    return command("rm", "--force", "--volumes", container);
  }

  /// Prints the state, the exit code, whether memory ran out, the process id and the address.
  List<String> inspect(String container) {
    return command(
        "inspect",
        "--type=container",
        "--format={{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}",
        container);
  }

  List<String> output(String container) {
    return command("logs", "--tail=20", container);
  }

  /// Prints the names of containers, also of those that do not run.
  List<String> containersOf(String owner) {
    return command("ps", "--all", "--filter=label=" + OWNER + "=" + owner, "--format={{.Names}}");
  }

  List<String> networksOf(String owner) {
    return command("network", "ls", "--filter=label=" + OWNER + "=" + owner, "--format={{.Name}}");
  }

  /// What a container calls a user of this machine who runs no engine as root: Podman without root
  /// shows that user as root inside.
  String userOutside(Ownership.User user) {
    return isPodman() ? "0:0" : user.user() + ":" + user.group();
  }

  private List<String> command(String... words) {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(List.of(words));
    return command;
  }

  /// How much one container may take of this machine.
  ///
  /// @param memory such as `4g`; empty for all
  /// @param cpus such as `1.5`; empty for all
  record Bounds(int processes, Optional<String> memory, Optional<String> cpus) {}
}
