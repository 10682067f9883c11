package dev.fleetwright.adapters.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fleetwright.adapters.executor.BuiltInExecutor.Settings;
import dev.fleetwright.adapters.executor.BuiltInExecutor.Where;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.Service;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs in real containers, with an image that the lab has.
class ContainerTest {

  @TempDir Path temporary;
  private Workshop workshop;
  private String image;

  @BeforeEach
  void an_engine_with_an_image() throws IOException {
    image = System.getenv().getOrDefault("LAB_IMAGE", "");
    Needs.that(!image.isEmpty(), "podman and a small image, named by LAB_IMAGE");
    workshop = Workshop.open(temporary);
  }

  @AfterEach
  void nothing_is_left() throws Exception {
    if (workshop != null) {
      assertThat(containers()).isEmpty();
      assertThat(ask(engine().networksOf(workshop.builds.toString()))).isEmpty();
      workshop.close();
    }
  }

  @Test
  void runs_in_the_image_with_the_clone_and_nothing_else_of_this_machine() throws Exception {
    var job =
        workshop
            .job(
                "pwd",
                "cat src/Main.java",
                "test ! -e " + temporary,
                "busybox",
                "echo \"$CI_PROJECT_DIR\" > where",
                "mkdir out; echo made > out/file; ln -s file out/link; chmod 755 out/file")
            .in(image)
            .keeps("$CI_PROJECT_DIR/out/", "where");
    var outcome = job.run();
    assertThat(outcome.ending()).as(job.log()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log())
        .contains("\n/builds/shop\n")
        .contains("class Main {}")
        .contains("BusyBox v")
        .contains("Using image " + image + " (");
    assertThat(outcome.artifacts().stream().map(TreeEntry::path))
        .containsExactly("out/file", "out/link", "where");
    var where = (TreeEntry.File) outcome.artifacts().getLast();
    assertThat(workshop.blobs.open(where.digest())).hasContent("/builds/shop\n");
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void variables_arrive_byte_by_byte_and_are_in_no_argument() throws Exception {
    var odd = "it's \"$HOME\" `id` # \\n\nsecond line\t\u00e4 ";
    var job =
        workshop
            .job(
                "printf %s \"$ODD\" > odd",
                "test \"$PATH\" = /mine:/usr/bin:/bin",
                "test \"$DOCKER_HOST\" = tcp://127.0.0.1:1",
                "test \"$LD_PRELOAD\" = /builds/shop/evil.so")
            .in(image)
            .variable("ODD", odd)
            .variable("PATH", "/mine:/usr/bin:/bin")
            // What would turn our own call of the engine to somebody else.
            .variable("DOCKER_HOST", "tcp://127.0.0.1:1")
            .variable("LD_PRELOAD", "/builds/shop/evil.so")
            .variable("UID", "7")
            .keeps("odd");
    var outcome = job.run();
    assertThat(outcome.ending()).as(job.log()).isEqualTo(new Ending.Succeeded());
    var odds = (TreeEntry.File) outcome.artifacts().getFirst();
    assertThat(workshop.blobs.open(odds.digest())).hasContent(odd);
  }

  @Test
  void no_value_of_a_variable_is_an_argument_of_any_process() throws Exception {
    var service =
        new Service(
            Image.named(image),
            List.of("db"),
            List.of("sleep", "600"),
            new TreeMap<>(Map.of("DB_PASSWORD", "tr0ub4dor'3")));
    var job = workshop.job("echo begun; while [ ! -e end ]; do sleep 0.1; done").in(image, service);
    var run =
        CompletableFuture.supplyAsync(() -> outcomeOf(job.variable("TOKEN", "corr3ct-h0rse")));
    Eventually.within(Duration.ofSeconds(30), job::log, () -> job.log().contains("\nbegun\n"));
    var arguments =
        ProcessHandle.allProcesses()
            .map(p -> readable(Path.of("/proc", Long.toString(p.pid()), "cmdline")))
            .toList();
    Files.createFile(workshop.builds.resolve("17/work/shop/end"));
    assertThat(run.join().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(arguments)
        .anyMatch(words -> words.contains("fleetwright-"))
        .noneMatch(words -> words.contains("tr0ub4dor") || words.contains("corr3ct"));
  }

  @Test
  void ends_with_the_exit_code_of_the_script() throws Exception {
    assertThat(workshop.job("exit 42").in(image).run().ending())
        .isEqualTo(new Ending.Failed(42, "script_failure", "exit status 42"));
    // 125 is also what an engine ends with when it fails itself.
    assertThat(workshop.job("exit 125").in(image).run().ending())
        .isEqualTo(new Ending.Failed(125, "script_failure", "exit status 125"));
  }

  @Test
  void an_after_script_sees_the_files_and_how_it_went() throws Exception {
    var job =
        workshop
            .job("echo from-script > note; exit 3")
            .afterScript("cat note; echo \"status $CI_JOB_STATUS\"")
            .in(image);
    assertThat(job.run().ending())
        .isEqualTo(new Ending.Failed(3, "script_failure", "exit status 3"));
    assertThat(job.log()).contains("\nfrom-script\n").contains("\nstatus failed\n");
  }

  @Test
  void an_entrypoint_of_the_job_and_another_user_are_used() throws Exception {
    var wanted =
        new Image(
            image,
            List.of("/bin/sh", "-c", "echo entered; exec \"$@\"", "entry"),
            List.of(PullPolicy.NEVER),
            Optional.empty(),
            Optional.of("1234:1234"),
            Optional.empty());
    var job = workshop.job("id -u", "echo x > src/new", "rm README.md").in(wanted).keeps("src/new");
    var outcome = job.run();
    assertThat(outcome.ending()).as(job.log()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log()).contains("\nentered\n").contains("\n1234\n");
    assertThat(outcome.artifacts()).hasSize(1);
  }

  @Test
  void a_service_is_reached_by_its_names_once_it_listens() throws Exception {
    var service =
        new Service(
            Image.named(image),
            List.of("db", "primary"),
            List.of(
                "sh",
                "-c",
                "sleep 1; while true; do echo \"hello $POSTGRES_DB\" | nc -l -p 5432; done"),
            new TreeMap<>(Map.of("HEALTHCHECK_TCP_PORT", "5432", "POSTGRES_DB", "shop's")));
    var job =
        workshop
            .job("nc db 5432 </dev/null | tee answer", "grep -q localhost__busybox /etc/hosts")
            .in(image, service);
    var outcome = job.run();
    assertThat(outcome.ending()).as(job.log()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log())
        .contains("is called localhost__busybox, localhost-busybox, db, primary")
        .contains("listens on port 5432")
        .contains("\nhello shop's\n");
  }

  @Test
  void a_service_that_ends_is_told_with_its_last_words() throws Exception {
    var service =
        new Service(
            Image.named(image),
            List.of("db"),
            List.of("sh", "-c", "echo no space left; exit 4"),
            new TreeMap<>(Map.of("HEALTHCHECK_TCP_PORT", "5432")));
    var job = workshop.job("echo goes on").in(image, service);
    assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log()).contains("ended with exit code 4").contains("\nno space left\n");
  }

  @Test
  void an_image_that_cannot_be_had_is_named_and_nothing_runs() throws Exception {
    var never =
        new Image(
            "localhost/not-there:1",
            List.of(),
            List.of(PullPolicy.NEVER),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(workshop.job("echo ran").in(never).run().ending())
        .isEqualTo(
            Ending.Failed.without(
                "image_pull_failure",
                "image `localhost/not-there:1` cannot be had: it is not on this machine, and its pull policy is `never`"));
    var pulled = workshop.job("echo ran").in("127.0.0.1:1/not-there:1");
    assertThat(pulled.run().ending())
        .isInstanceOfSatisfying(
            Ending.Failed.class, f -> assertThat(f.reason()).isEqualTo("image_pull_failure"));
    assertThat(pulled.log()).doesNotContain("\nran\n");
  }

  @Test
  void a_name_that_is_an_option_reaches_no_engine() throws Exception {
    assertThat(workshop.job("true").in("--privileged").run().ending())
        .isEqualTo(
            Ending.Failed.without("image_pull_failure", "`--privileged` is no name of an image"));
    assertThat(workshop.job("true").in("$NOT_THERE/x").run().ending())
        .isEqualTo(
            Ending.Failed.without(
                "image_pull_failure",
                "`$NOT_THERE/x` is no name of an image: the job has no variable of that name"));
    assertThat(workshop.job("true").in("$NAME").variable("NAME", image).run().ending())
        .isEqualTo(new Ending.Succeeded());
  }

  @Test
  void an_image_whose_entrypoint_cannot_be_run_is_the_servers_failure() throws Exception {
    var wanted =
        new Image(
            image,
            List.of("/no/such/program"),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(workshop.job("true").in(wanted).run().ending())
        .isInstanceOfSatisfying(
            Ending.Failed.class, f -> assertThat(f.reason()).isEqualTo("runner_system_failure"));
  }

  @Test
  void too_slow_a_script_is_told_to_end_and_cleans_up() throws Exception {
    var job =
        workshop
            .job("(trap 'echo cleaned > note; exit 0' TERM; while true; do sleep 0.1; done)")
            .afterScript("cat note")
            .in(image)
            .timeout(Duration.ofSeconds(4));
    assertThat(job.run().ending())
        .isEqualTo(
            Ending.Failed.without("job_execution_timeout", "execution took longer than 4 s"));
    assertThat(job.log()).contains("\ncleaned\n");
  }

  @Test
  void a_cancelled_job_leaves_no_container() throws Exception {
    var service =
        new Service(Image.named(image), List.of("db"), List.of("sleep", "600"), new TreeMap<>());
    var job = workshop.job("trap '' TERM; echo begun; sleep 600 & sleep 600").in(image, service);
    var end = new AtomicReference<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                job.run();
              } catch (Throwable e) {
                end.set(e);
              }
            });
    Eventually.within(Duration.ofSeconds(30), job::log, () -> job.log().contains("\nbegun\n"));
    assertThat(containers()).hasSize(2);
    thread.interrupt();
    thread.join(Duration.ofSeconds(30));
    assertThat(end.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void what_a_server_that_was_killed_left_is_ended() throws Exception {
    serverWithAJob().destroyForcibly().waitFor();
    // By its guard, without any other server.
    Eventually.within(
        Duration.ofSeconds(30), "its containers are gone", () -> containersNow().isEmpty());
    assertThat(workshop.executor.endStrays()).isZero();
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void the_next_start_ends_what_the_guard_could_not() throws Exception {
    var name = "fleetwright-stray-" + ProcessHandle.current().pid();
    ask(engine().createNetwork(name, workshop.builds.toString()));
    ask(
        List.of(
            engine().program().toString(),
            "run",
            "--detach",
            "--name=" + name,
            "--label=" + ContainerEngine.OWNER + "=" + workshop.builds,
            image,
            "sleep",
            "600"));
    Files.createDirectories(workshop.builds.resolve("9"));
    Files.writeString(workshop.builds.resolve("9/engine"), engine().program().toString());
    assertThat(containers()).containsExactly(name);
    workshop.executor.endStrays();
    assertThat(containers()).isEmpty();
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void a_server_for_containers_only_takes_its_own_image_for_jobs_that_name_none() throws Exception {
    try (var other =
        Workshop.open(
            temporary,
            new Settings(
                Where.CONTAINER, Optional.of(image), Optional.empty(), Optional.empty()))) {
      var job = other.job("pwd");
      assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
      assertThat(job.log()).contains("\n/builds/shop\n");
    }
  }

  @Test
  void a_secret_that_a_container_prints_is_masked() throws Exception {
    var job =
        workshop
            .job("echo \"token $TOKEN\"")
            .in(image)
            .variable("TOKEN", "correct-horse")
            .secret("correct-horse");
    job.run();
    assertThat(job.log()).contains("token [MASKED]").doesNotContain("correct-horse");
  }

  private static JobOutcome outcomeOf(Workshop.Job job) {
    try {
      return job.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String readable(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @Test
  void without_an_engine_the_job_is_refused_and_runs_nowhere() throws Exception {
    var said = serverWithPrograms("sh");
    assertThat(said)
        .contains("reason=runner_unsupported, message=the job wants the image")
        .contains("neither podman nor docker is installed where this server looks")
        .contains("Install podman or docker, or start the server with `--jobs shell`")
        .doesNotContain("BusyBox");
  }

  @Test
  void docker_is_asked_the_same_where_there_is_no_podman() throws Exception {
    // Also skipped in CI: the lab has podman, which answers docker's program, and not the program.
    assumeTrue(Machine.find("docker").isPresent(), "skipped: docker is not installed");
    assertThat(serverWithPrograms("sh", "docker"))
        .contains("Running in containers of docker")
        .contains("BusyBox v")
        .endsWith("Succeeded[]\n");
  }

  /// Run a job by a server that finds only these programs.
  private String serverWithPrograms(String... names) throws Exception {
    var programs = Files.createDirectory(temporary.resolve("programs"));
    for (var name : names) {
      Files.createSymbolicLink(programs.resolve(name), Needs.tool(name));
    }
    var builder = server("busybox");
    builder.environment().put("PATH", programs.toString());
    var server = builder.start();
    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(temporary.resolve("server.log"));
  }

  private Process serverWithAJob() throws Exception {
    var server = server("sleep 600").start();
    Eventually.within(
        Duration.ofSeconds(60), "its container runs", () -> containersNow().size() == 1);
    return server;
  }

  private ProcessBuilder server(String script) {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JobServer.class.getName(),
                temporary.toString(),
                "--in=" + image,
                script))
        .redirectErrorStream(true)
        .redirectOutput(temporary.resolve("server.log").toFile());
  }

  private List<String> containers() throws Exception {
    return ask(engine().containersOf(workshop.builds.toString()));
  }

  private List<String> containersNow() {
    try {
      return containers();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> ask(List<String> command) throws Exception {
    var answer = EngineCall.of(command, Duration.ofSeconds(30));
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output().lines().filter(line -> !line.isBlank()).toList();
  }

  private static ContainerEngine engine() {
    return ContainerEngine.candidates().getFirst();
  }
}
