package dev.fleetwright.adapters.executor;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fleetwright.adapters.executor.ContainerEngine.Bounds;
import dev.fleetwright.adapters.executor.ContainerEngine.Container;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The containers of one job: one for each of its scripts, one for each service, and a network of
/// their own when there are services.
///
/// The work tree is a folder of this machine that all of them see below `/builds`. Every container
/// and network carries the name of this server's folder of jobs: what a server that died left is
/// ended by its guard within seconds, and at the latest by the next start.
final class JobContainers implements ScriptPlace {

  private static final Logger log = LoggerFactory.getLogger(JobContainers.class);
  private static final String BUILDS = "/builds";
  private static final String SCRIPTS = "/fleetwright";

  /// `sh` is all that an image must have; `bash` is taken where it is.
  private static final String SHELL =
      "if command -v bash >/dev/null 2>&1; then exec bash --noprofile --norc \"$1\"; else exec sh \"$1\"; fi";

  private static final Pattern IMAGE_NAME =
      Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._\\-/:@]{0,511}");
  private static final Pattern HOST_NAME = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.\\-]{0,252}");
  private static final Pattern PORT = Pattern.compile("(\\d{1,5})/tcp");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration SHORT = Duration.ofSeconds(60);
  private static final Duration PULL = Duration.ofMinutes(30);
  // GitLab's runner waits as long (wait_for_services_timeout).
  private static final Duration SERVICE_READY = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private record Fetched(String id, List<Integer> ports) {}

  private record Beside(String container, Service service, Fetched image) {}

  private final ContainerEngine engine;
  private final Bounds bounds;
  private final JobOrder order;
  private final Image image;
  private final JobFolder folder;
  private final JobConsole console;
  private final String owner;
  private final Path scripts;
  private final Path secrets;
  private final List<String> made = new ArrayList<>();
  private final List<Beside> services = new ArrayList<>();
  private final SequencedMap<String, String> hosts = new LinkedHashMap<>();
  private Optional<Fetched> fetched = Optional.empty();
  private Optional<String> network = Optional.empty();
  private Optional<Process> guard = Optional.empty();
  private SortedMap<String, String> known = new TreeMap<>();
  private boolean closed;

  /// @param owner the folder of this server's jobs
  JobContainers(
      ContainerEngine engine,
      Bounds bounds,
      JobOrder order,
      Image image,
      JobFolder folder,
      JobConsole console,
      Path owner)
      throws IOException {
    this.engine = engine;
    this.bounds = bounds;
    this.order = order;
    this.image = image;
    this.folder = folder;
    this.console = console;
    this.owner = owner.toString();
    // Whoever a container runs as must be able to read them; the folder around them is ours alone.
    this.scripts =
        Files.createDirectory(
            folder.all().resolve("scripts"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    this.secrets = Files.createDirectory(folder.all().resolve("variables"));
  }

  @Override
  public void prepare() throws Unprepared, IOException, InterruptedException {
    if (owner.contains(",") || owner.contains("\"")) {
      throw new Unprepared(
          Endings.SYSTEM_FAILURE,
          "the data folder `%s` has a comma or a quote in its name, which %s cannot mount: move it"
              .formatted(owner, engine.name()));
    }
    known = new TreeMap<>(environment(order.variables(), Instant.EPOCH));
    console.say("Running in containers of " + engine.name());
    fetched = Optional.of(fetch(image));
    for (var service : order.spec().workplace().services()) {
      var name = name("service-" + services.size());
      services.add(new Beside(name, service, fetch(service.image())));
    }
  }

  private Fetched fetch(Image wanted) throws Unprepared, IOException, InterruptedException {
    var name = imageName(wanted);
    var policies =
        wanted.pullPolicies().isEmpty()
            ? List.of(PullPolicy.IF_NOT_PRESENT)
            : wanted.pullPolicies();
    var problem = "";
    for (var policy : policies) {
      var here = look(name);
      switch (policy) {
        case NEVER -> {
          if (here.isPresent()) {
            return told(name, here.get());
          }
          problem = "it is not on this machine, and its pull policy is `never`";
        }
        case IF_NOT_PRESENT -> {
          if (here.isPresent()) {
            return told(name, here.get());
          }
          problem = pull(name, wanted.platform());
        }
        case ALWAYS -> problem = pull(name, wanted.platform());
      }
      if (problem.isEmpty()) {
        return told(
            name,
            look(name)
                .orElseThrow(() ->
                    new IOException(engine.name() + " fetched " + name + " and does not have it")));
      }
      console.warn("image %s was not fetched: %s".formatted(name, problem));
    }
    throw new Unprepared(
        Endings.IMAGE_PULL_FAILURE, "image `%s` cannot be had: %s".formatted(name, problem));
  }

  private Fetched told(String name, Fetched image) {
    console.say("Using image %s (%s)".formatted(name, image.id()));
    return image;
  }

  private String imageName(Image wanted) throws Unprepared {
    var name = JobEnvironment.expand(wanted.name(), known);
    if (IMAGE_NAME.matcher(name).matches()) {
      return name;
    }
    throw new Unprepared(
        Endings.IMAGE_PULL_FAILURE,
        "`%s` is no name of an image%s"
            .formatted(name, name.contains("$") ? ": the job has no variable of that name" : ""));
  }

  private Optional<Fetched> look(String name) throws IOException, InterruptedException {
    var answer = EngineCall.of(engine.inspectImage(name), SHORT);
    if (!answer.done()) {
      return Optional.empty();
    }
    var words = answer.output().split(" ", 2);
    var ports = new ArrayList<Integer>();
    if (words.length > 1) {
      for (var port : JSON.readTree(words[1]).path("ExposedPorts").propertyStream().toList()) {
        var found = PORT.matcher(port.getKey());
        if (found.matches()) {
          ports.add(Integer.parseInt(found.group(1)));
        }
      }
    }
    return Optional.of(new Fetched(words[0], ports));
  }

  /// @return what is wrong; empty when it was fetched
  private String pull(String name, Optional<String> platform)
      throws IOException, InterruptedException {
    console.say("Pulling image " + name);
    var answer = EngineCall.of(engine.pull(name, platform, credentials()), PULL);
    return answer.done() ? "" : answer.problem();
  }

  /// What GitLab calls `DOCKER_AUTH_CONFIG`: the content of a `config.json`.
  private Optional<Path> credentials() throws IOException {
    var content = order.variables().getOrDefault("DOCKER_AUTH_CONFIG", "");
    if (content.isBlank()) {
      return Optional.empty();
    }
    var own = secrets.resolve("registries");
    if (!Files.exists(own)) {
      Files.createDirectory(own);
      Files.writeString(own.resolve("config.json"), content);
    }
    return Optional.of(own);
  }

  @Override
  public SortedMap<String, String> environment(Map<String, String> variables, Instant startedAt)
      throws IOException {
    return JobEnvironment.ofContainer(variables, project(), BUILDS, startedAt);
  }

  @Override
  public String project() {
    return BUILDS + "/" + folder.project().getFileName();
  }

  @Override
  public void open(Map<String, String> environment)
      throws Unprepared, IOException, InterruptedException {
    Ownership.letEveryoneIn(builds());
    // From here on there is something to clean up. The next start looks for this file, and the
    // guard waits for the end of this server.
    Files.writeString(folder.engine(), engine.program().toString());
    watch();
    if (services.isEmpty()) {
      return;
    }
    try (var _ = console.section("start_services", "Starting services")) {
      var own = name("network");
      network = Optional.of(own);
      var answer = EngineCall.of(engine.createNetwork(own, owner), SHORT);
      if (!answer.done()) {
        throw new Unprepared(
            Endings.SYSTEM_FAILURE, "no network for the services: " + answer.problem());
      }
      for (var each : services) {
        start(each, environment);
      }
      for (var each : services) {
        awaitReady(each, environment);
      }
    }
  }

  private void start(Beside each, Map<String, String> environment)
      throws Unprepared, IOException, InterruptedException {
    var all = new TreeMap<>(environment);
    all.putAll(each.service().variables());
    var leftOut = new ArrayList<String>();
    var files = VariableFiles.forEngine(secrets, each.container(), all, leftOut);
    var name = each.service().image().name();
    leftOut.retainAll(each.service().variables().keySet());
    if (!leftOut.isEmpty()) {
      console.warn(
          "service %s is not given %s: a value of several lines cannot be passed on"
              .formatted(name, String.join(", ", leftOut)));
    }
    create(
        new Container(
            each.container(),
            owner,
            each.image().id(),
            network,
            hosts,
            mounts(),
            Optional.empty(),
            files,
            each.service().image().user(),
            each.service().image().platform(),
            each.service().image().entrypoint(),
            each.service().command(),
            true));
    var answer = EngineCall.of(engine.start(each.container()), SHORT);
    if (!answer.done()) {
      throw new Unprepared(
          Endings.SYSTEM_FAILURE,
          "service `%s` does not start: %s".formatted(name, answer.problem()));
    }
    var address = ContainerState.of(engine, each.container()).address();
    var names = new ArrayList<String>();
    for (var host : hostNames(each.service())) {
      if (HOST_NAME.matcher(host).matches()) {
        address.ifPresent(a -> hosts.put(host, a));
        names.add(host);
      } else {
        console.warn("`%s` is no name of a host and is left out".formatted(host));
      }
    }
    console.say("Service %s is called %s".formatted(name, String.join(", ", names)));
  }

  private List<String> hostNames(Service service) {
    return service.hostNames().stream()
        .map(name -> JobEnvironment.expand(name, known))
        .flatMap(names -> List.of(names.split("[,\\s]+")).stream())
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /// Until it listens where its image says that it will. A service that does not may still be what
  /// the job needs, so that is a warning, as with GitLab's runner.
  private void awaitReady(Beside each, Map<String, String> environment)
      throws IOException, InterruptedException {
    var name = each.service().image().name();
    var port =
        each.service()
            .variables()
            .getOrDefault(
                "HEALTHCHECK_TCP_PORT", environment.getOrDefault("HEALTHCHECK_TCP_PORT", ""));
    var wanted = port.matches("\\d{1,5}") ? List.of(Integer.parseInt(port)) : each.image().ports();
    if (wanted.isEmpty()) {
      return;
    }
    var lowest = wanted.stream().min(Integer::compare).orElseThrow();
    var until = System.nanoTime() + SERVICE_READY.toNanos();
    while (System.nanoTime() < until) {
      var state = ContainerState.of(engine, each.container());
      if (state.pid() == 0) {
        console.warn(
            "service %s ended with exit code %d. What it printed last:"
                .formatted(name, state.exitCode()));
        show(each);
        return;
      }
      var listening = ListeningPorts.of(state.pid());
      if (listening.isEmpty()) {
        console.warn("whether service %s is ready cannot be seen here".formatted(name));
        return;
      }
      if (listening.get().contains(lowest)) {
        console.say("Service %s listens on port %d".formatted(name, lowest));
        return;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    console.warn(
        "service %s does not listen on port %d after %d s; the job goes on. What it printed last:"
            .formatted(name, lowest, SERVICE_READY.toSeconds()));
    show(each);
  }

  private void show(Beside each) throws IOException, InterruptedException {
    EngineCall.of(engine.output(each.container()), SHORT).output().lines().forEach(console::say);
  }

  @Override
  public ScriptRun start(String name, List<String> lines, Map<String, String> environment)
      throws IOException, InterruptedException {
    script(name + ".variables", VariableFiles.forShell(environment));
    script(name, ". %s/%s.variables\n%s".formatted(SCRIPTS, name, ShellScript.of(lines)));
    var container = name(name.replace('_', '-'));
    var mounts = mounts();
    mounts.put(SCRIPTS, scripts);
    try {
      create(
          new Container(
              container,
              owner,
              fetched.orElseThrow().id(),
              network,
              hosts,
              mounts,
              Optional.of(project()),
              VariableFiles.forEngine(secrets, name, environment, new ArrayList<>()),
              image.user().map(user -> JobEnvironment.expand(user, known)),
              image.platform(),
              image.entrypoint(),
              List.of("sh", "-c", SHELL, "job", SCRIPTS + "/" + name),
              false));
    } catch (Unprepared e) {
      throw new IOException(e.message(), e);
    }
    return ContainerRun.start(engine, container, console);
  }

  private void script(String name, String text) throws IOException {
    var file = Files.writeString(scripts.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void create(Container container) throws Unprepared, IOException, InterruptedException {
    made.add(container.name());
    var answer = EngineCall.of(engine.create(container, bounds), SHORT);
    if (!answer.done()) {
      throw new Unprepared(
          Endings.SYSTEM_FAILURE,
          "%s does not make the container: %s".formatted(engine.name(), answer.problem()));
    }
  }

  private SequencedMap<String, Path> mounts() {
    var mounts = new LinkedHashMap<String, Path>();
    mounts.put(BUILDS, builds());
    return mounts;
  }

  private Path builds() {
    return folder.all().resolve("work");
  }

  private String name(String part) {
    // Two servers of one machine count their jobs alike.
    return "fleetwright-%s-%d-%s"
        .formatted(HexFormat.of().toHexDigits(owner.hashCode()), order.job(), part);
  }

  private void watch() throws IOException {
    var containers = new ArrayList<String>();
    containers.add(name("script"));
    containers.add(name("after-script"));
    containers.add(name("hand-back"));
    services.forEach(each -> containers.add(each.container()));
    guard =
        Optional.of(
            ContainerGuard.start(
                engine,
                services.isEmpty() ? Optional.empty() : Optional.of(name("network")),
                containers));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (!made.isEmpty()) {
        handBack();
        for (var each : made) {
          // Killed first, so that removing it does not wait for it to end by itself.
          var _ = EngineCall.evenIfInterrupted(engine.kill(each), SHORT);
          var _ = EngineCall.evenIfInterrupted(engine.remove(each), SHORT);
        }
      }
      if (network.isPresent()) {
        var _ = EngineCall.evenIfInterrupted(engine.removeNetwork(network.get()), SHORT);
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("job", order.job())
          .setCause(e)
          .log("containers of a job stay until the next start");
    } finally {
      guard.ifPresent(ContainerGuard::dismiss);
    }
  }

  /// Files that a container made may belong to a user who is somebody else outside: then nobody but
  /// a container can give them to us.
  private void handBack() throws IOException {
    var us = Ownership.ofOthers(builds());
    if (us.isEmpty()) {
      return;
    }
    var container = name("hand-back");
    made.add(container);
    var create =
        engine.create(
            new Container(
                container,
                owner,
                fetched.orElseThrow().id(),
                Optional.empty(),
                new LinkedHashMap<>(),
                mounts(),
                Optional.empty(),
                List.of(),
                Optional.of("0"),
                image.platform(),
                List.of("sh"),
                List.of(
                    "-c",
                    "chown -R \"$1\" \"$2\" && chmod -R u+rwX \"$2\"",
                    "hand-back",
                    engine.userOutside(us.get()),
                    BUILDS),
                false),
            bounds);
    var answer = EngineCall.evenIfInterrupted(create, SHORT);
    if (answer.done()) {
      answer = EngineCall.evenIfInterrupted(engine.startAttached(container), SHORT);
    }
    if (!answer.done()) {
      console.warn("files of another user stay behind: " + answer.problem());
    }
  }
}
