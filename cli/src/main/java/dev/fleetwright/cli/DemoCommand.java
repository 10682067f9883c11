package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RunningServer;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.cli.demo.DemoHost;
import dev.fleetwright.cli.demo.DemoRepository;
import dev.fleetwright.cli.demo.DemoSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Watch a real repository be built, released, deployed to staging, approved and rolled out to",
      "production on two kinds of target. Kill it at any moment and start it again: it goes on."
    })
final class DemoCommand implements Callable<Integer> {

  private static final String PROJECT = "shop";
  private static final Duration LONGEST = Duration.ofMinutes(4);

  @Mixin private Output output = new Output();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where everything is kept; ./.fleetwright/demo by default.")
  private Path data = Path.of(".fleetwright", "demo");

  @Option(
      names = "--port",
      converter = PortNumber.class,
      description = "The port; any free one by default.")
  private int port;

  @Option(
      names = "--once",
      description = {
        "Play every part without a person, check what really runs, take it all down, and end",
        "with exit code 1 if anything was not as it should be."
      })
  private boolean once;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var home = Optional.ofNullable(System.getProperty("fleetwright.home")).map(Path::of);
    var example =
        home.map(h -> h.resolve("examples/shop"))
            .filter(Files::isDirectory)
            .orElseThrow(() ->
                new Refusal(
                    ExitCode.NOT_FOUND,
                    "the demo deploys examples/shop of the source tree, which is not here; use"
                        + " ./fleetwright of a clone"));
    var folder = Files.createDirectories(data.toAbsolutePath().normalize());
    var settings = DemoSettings.in(folder, port);
    var login = DemoHost.key(folder.resolve("login_key"));
    try (var host =
            DemoHost.start(
                Files.createDirectories(folder.resolve("edge")), settings.port("edge.ssh"), login);
        var server =
            InProcess.start(
                ServerOptions.local(folder.resolve("server"), settings.port("server")));
        var client = InProcess.client(server, folder.resolve("server"))) {
      LocalServer.remember(folder.resolve("server"), server.uri());
      Files.createDirectories(folder);
      var again = client.projects(1).items().stream().anyMatch(p -> p.name().equals(PROJECT));
      var repository = DemoRepository.in(folder, example);
      if (!again) {
        begin(client, repository, example, settings, host, folder);
      }
      greet(client, server, settings, repository, again);
      if (once) {
        return play(client, settings, repository);
      }
      show(client, repository, again);
      InProcess.awaitStop(server);
      return ExitCode.DONE;
    }
  }

  private static void begin(
      FleetwrightClient client,
      DemoRepository repository,
      Path example,
      DemoSettings settings,
      DemoHost host,
      Path folder)
      throws IOException, InterruptedException {
    Files.writeString(
        repository.workTree().resolve("fleetwright.yml"),
        settings.fleetwrightYml(
            Files.readString(example.resolve("fleetwright.yml")),
            host.publicKey(),
            folder.resolve("login_key"),
            System.getProperty("user.name")));
    repository.push("Open the shop");
    var _ =
        client.addProject(
            new Project.Add(PROJECT, repository.remote().toString(), Optional.empty()));
  }

  private void greet(
      FleetwrightClient client,
      RunningServer server,
      DemoSettings settings,
      DemoRepository repository,
      boolean again)
      throws InterruptedException {
    output.line("");
    output.line(
        again
            ? "The demo goes on where it stopped."
            : "The demo has begun: a shop is being built.");
    output.line("");
    if (!once) {
      output.line("  Browser     " + client.loginLink().url());
      output.line("              (this link logs you in once, within five minutes)");
      output.line("  Terminal    ./fleetwright watch        in another window, from this folder");
    }
    output.line("  Staging     http://localhost:" + settings.port("staging.web"));
    output.line(
        "  Production  http://localhost:"
            + settings.port("production.web")
            + "  on target here (this machine)");
    output.line(
        "              http://localhost:"
            + settings.port("edge.web")
            + "  on target edge (over SSH)");
    output.line("  Repository  " + repository.workTree() + "  (commit and `git push` to deploy)");
    output.line("  Server      " + server.uri() + "  Ctrl-C ends it; the shop keeps running");
    output.line("");
  }

  /// The part with a person: production waits for an approval, and a second commit is pushed
  /// meanwhile.
  private void show(FleetwrightClient client, DemoRepository repository, boolean again)
      throws IOException, InterruptedException {
    if (again) {
      client.deploys(PROJECT, Optional.empty(), 1).items().stream()
          .filter(d -> !d.gates().isEmpty())
          .findFirst()
          .ifPresent(this::askForApproval);
    } else {
      output.line(
          "Pipeline #1 compiles and tests, makes release r1, and deploys it to staging ...");
      var staging = settled(client, "staging", 1);
      output.line("  " + Following.words(staging));
      play(client, pipeline(client, 1), "production");
      askForApproval(waiting(client, "production", 1));
      change(repository);
      var _ = client.sync(PROJECT);
      output.line("");
      output.line("Meanwhile a second commit was pushed: r2 is on its way to staging.");
    }
    output.line("");
    output.line(
        "Then try: kill -9 %d in the middle of a deploy, and start the demo again."
            .formatted(ProcessHandle.current().pid()));
  }

  private void askForApproval(Deploy waiting) {
    output.line("");
    output.line(
        "Production waits for you. Approve deploy #%d on its page, or in another window:"
            .formatted(waiting.number()));
    output.line("  ./fleetwright approve " + waiting.id());
  }

  private static void change(DemoRepository repository) throws IOException {
    Files.writeString(
        repository.workTree().resolve("api/products.txt"), "\n", StandardOpenOption.APPEND);
    repository.push("Say the products anew");
  }

  /// The whole story without a person.
  private int play(FleetwrightClient client, DemoSettings settings, DemoRepository repository)
      throws IOException, InterruptedException {
    var web = URI.create("http://127.0.0.1:" + settings.port("staging.web"));
    var production = URI.create("http://127.0.0.1:" + settings.port("production.web"));
    var edge = URI.create("http://127.0.0.1:" + settings.port("edge.web"));

    expect("r1 runs in staging", settled(client, "staging", 1).state() == Deploy.State.SUCCEEDED);
    expect("staging answers", version(web).contains("1.0.1"));

    play(client, pipeline(client, 1), "production");
    var first = waiting(client, "production", 1);
    expect("production waits for an approval", !first.gates().isEmpty());
    var _ = client.approve(first.id(), first.planHash().orElseThrow());
    expect(
        "r1 runs in production",
        settled(client, "production", 1).state() == Deploy.State.SUCCEEDED);
    expect("production answers on target here", version(production).contains("1.0.1"));
    expect("production answers on target edge", version(edge).contains("1.0.1"));

    change(repository);
    var _ = client.sync(PROJECT);
    expect("r2 runs in staging", settled(client, "staging", 2).state() == Deploy.State.SUCCEEDED);
    play(client, pipeline(client, 2), "production");
    var second = waiting(client, "production", 2);
    var _ = client.approve(second.id(), second.planHash().orElseThrow());
    expect(
        "r2 runs in production",
        settled(client, "production", 2).state() == Deploy.State.SUCCEEDED);
    expect(
        "production answers with r2 on both targets",
        version(production).contains("1.0.2") && version(edge).contains("1.0.2"));

    var back =
        client.goBack(
            PROJECT,
            "production",
            new Environment.GoBack(Optional.of(first.id()), Optional.of("to show that it works")));
    var approval = waiting(client, "production", 3);
    expect("the way back is a deploy of its own", approval.id() == back.id());
    var _ = client.approve(approval.id(), approval.planHash().orElseThrow());
    expect(
        "production went back", settled(client, "production", 3).state() == Deploy.State.SUCCEEDED);
    expect(
        "production answers with r1 on both targets",
        version(production).contains("1.0.1") && version(edge).contains("1.0.1"));

    for (var environment : List.of("production", "staging")) {
      var stop = client.stop(PROJECT, environment, new Environment.Stop(Optional.empty()));
      approveIfAsked(client, stop.id());
      expect(
          environment + " is taken down",
          settled(client, environment, environment.equals("production") ? 4 : 3).state()
              == Deploy.State.SUCCEEDED);
    }
    expect("the ledger is intact", client.checkLedger().intact());
    output.line("Everything is as it should be.");
    return ExitCode.DONE;
  }

  private static void approveIfAsked(FleetwrightClient client, long deploy)
      throws InterruptedException {
    for (var i = 0; i < 200; i++) {
      var now = client.deploy(deploy).deploy();
      if (now.state() == Deploy.State.WAITING && now.approvals() > now.approvedBy().size()) {
        var _ = client.approve(deploy, now.planHash().orElseThrow());
        return;
      } else if (now.state() != Deploy.State.DRAFT && now.state() != Deploy.State.WAITING) {
        return;
      }
      Thread.sleep(100);
    }
  }

  private void expect(String what, boolean holds) {
    output.line((holds ? "  yes  " : "  NO   ") + what);
    if (!holds) {
      throw new Refusal(ExitCode.FAILED, "the demo failed: it is not so that " + what);
    }
  }

  private static void play(FleetwrightClient client, Pipeline pipeline, String job)
      throws InterruptedException {
    var found =
        eventually(
            "job " + job + " of pipeline #" + pipeline.number() + " waits to be played",
            () ->
                client.jobs(pipeline.id()).stream()
                    .filter(j -> j.name().equals(job) && j.status() == Job.Status.MANUAL)
                    .findFirst());
    var _ = client.playJob(found.id(), new Job.Play(Optional.empty()));
  }

  private static Pipeline pipeline(FleetwrightClient client, long number)
      throws InterruptedException {
    return eventually(
        "pipeline #" + number,
        () ->
            client.pipelines(PROJECT, 1).items().stream()
                .filter(p -> p.number() == number)
                .findFirst());
  }

  /// The n-th deploy of an environment, once it has ended.
  private Deploy settled(FleetwrightClient client, String environment, int nth)
      throws InterruptedException {
    var ended = nth(client, environment, nth, d -> d.state().finished());
    if (ended.state() != Deploy.State.SUCCEEDED) {
      output.line(Following.words(ended));
      for (var chunk = client.deployLog(ended.id(), 0);
          !chunk.text().isEmpty();
          chunk = client.deployLog(ended.id(), chunk.to())) {
        output.line(Terminal.clean(chunk.text()));
      }
    }
    return ended;
  }

  private static Deploy waiting(FleetwrightClient client, String environment, int nth)
      throws InterruptedException {
    return nth(client, environment, nth, d -> !d.gates().isEmpty() || d.state().finished());
  }

  private static Deploy nth(
      FleetwrightClient client,
      String environment,
      int nth,
      java.util.function.Predicate<Deploy> when)
      throws InterruptedException {
    return eventually(
        "deploy " + nth + " of " + environment,
        () -> {
          failIfPipelineFailed(client);
          var deploys = client.deploys(PROJECT, Optional.of(environment), 1).items();
          return deploys.size() < nth
              ? Optional.empty()
              : Optional.of(deploys.get(deploys.size() - nth)).filter(when);
        });
  }

  private static void failIfPipelineFailed(FleetwrightClient client) throws InterruptedException {
    for (var pipeline : client.pipelines(PROJECT, 1).items()) {
      if (pipeline.status() == Pipeline.Status.FAILED) {
        var why =
            client.jobs(pipeline.id()).stream()
                .filter(j -> j.status() == Job.Status.FAILED)
                .findFirst()
                .map(j -> "job " + j.name() + ": " + j.message().orElse(""))
                .orElse(String.join("; ", pipeline.problems()));
        throw new Refusal(ExitCode.FAILED, "pipeline #" + pipeline.number() + " failed: " + why);
      }
    }
  }

  /// Something to ask until there is an answer.
  @FunctionalInterface
  private interface Asked<T> {
    Optional<T> ask() throws InterruptedException;
  }

  private static <T> T eventually(String what, Asked<T> asked) throws InterruptedException {
    var deadline = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() < deadline) {
      var answer = asked.ask();
      if (answer.isPresent()) {
        return answer.get();
      }
      Thread.sleep(150);
    }
    throw new Refusal(ExitCode.FAILED, "waited in vain for " + what);
  }

  private static String version(URI web) throws InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(web.resolve("/version")).timeout(Duration.ofSeconds(5));
      return http.send(request.build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "no answer from " + web + ": " + e;
    }
  }
}
