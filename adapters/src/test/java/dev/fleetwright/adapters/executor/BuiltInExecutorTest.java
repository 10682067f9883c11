package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.JobExecutor.JobNotRunnable;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Keep;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltInExecutorTest {

  private static final String GREEN = "\u001b[32;1m";
  private static final String PLAIN = "\u001b[0;m";

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
  void runs_in_a_fresh_clone_and_leaves_nothing() throws Exception {
    var job =
        workshop.job(
            "git rev-parse HEAD", "pwd", "cat src/Main.java", "echo x > $HOME/x > $TMPDIR/y");
    assertThat(job.run())
        .isEqualTo(new JobOutcome(new Ending.Succeeded(), List.of(), java.util.Map.of()));
    assertThat(job.log())
        .contains(GREEN + "$ git rev-parse HEAD" + PLAIN + "\n" + workshop.sha + "\n")
        .contains("/builds/17/work/shop\n")
        .contains("class Main {}\n")
        .contains(GREEN + "Job succeeded" + PLAIN);
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void a_log_without_secrets_has_every_byte_once_also_of_a_slow_script() throws Exception {
    var job = workshop.job("printf a; sleep 0.3; printf b; sleep 0.3; printf c");
    job.run();
    assertThat(job.log()).contains("printf c" + PLAIN + "\nabc\nsection_end").doesNotContain("\0");
  }

  @Test
  void parts_of_the_log_can_be_folded_as_gitlab_writes_them() throws Exception {
    var job = workshop.job("true").afterScript("true");
    job.run();
    for (var section : List.of("prepare_script", "get_sources", "step_script", "after_script")) {
      assertThat(job.log())
          .containsPattern("section_start:\\d+:" + section + "\r\u001b\\[0K")
          .containsPattern("\nsection_end:\\d+:" + section + "\r\u001b\\[0K");
    }
  }

  @Test
  void the_first_line_that_fails_ends_the_script() throws Exception {
    var job =
        workshop.job(
            "cd src", "pwd", "exit_with() { return $1; }", "exit_with 42", "echo not reached");
    assertThat(job.run().ending())
        .isEqualTo(new Ending.Failed(42, "script_failure", "exit status 42"));
    assertThat(job.log())
        .contains("/shop/src\n")
        .doesNotContain("not reached")
        .contains("ERROR: Job failed: exit status 42");
  }

  @ParameterizedTest
  @CsvSource({"false | true,1", "exit 0,0", "kill -9 $$,137", "no-such-program,127", "exit 300,44"})
  void ends_as_the_shell_does(String line, int exitCode) throws Exception {
    Needs.tool("bash");
    var ending = workshop.job(line).run().ending();
    if (exitCode == 0) {
      assertThat(ending).isEqualTo(new Ending.Succeeded());
    } else {
      assertThat(ending)
          .isInstanceOfSatisfying(
              Ending.Failed.class, f -> assertThat(f.exitCode()).isEqualTo(exitCode));
    }
  }

  @Test
  void a_line_of_several_lines_is_one_command() throws Exception {
    var job = workshop.job("if true; then\n  echo \"it's\"\nfi", "cat <<END\nhere $HOME\nEND");
    assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log())
        .contains("$ if true; then # collapsed multi-line command" + PLAIN + "\nit's\n")
        .contains("here " + workshop.builds.resolve("17/home") + "\n");
  }

  @Test
  void after_script_runs_in_a_shell_of_its_own_and_cannot_fail_the_job() throws Exception {
    var good =
        workshop.job("X=1", "cd src").afterScript("echo $CI_JOB_STATUS x=$X in $PWD", "false");
    assertThat(good.run().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(good.log())
        .contains("success x= in ")
        .contains("/shop\n")
        .contains("WARNING: after_script failed");

    var bad = workshop.job("exit 3").afterScript("echo status=$CI_JOB_STATUS");
    assertThat(bad.run().ending())
        .isEqualTo(new Ending.Failed(3, "script_failure", "exit status 3"));
    assertThat(bad.log()).contains("status=failed");
  }

  @Test
  void a_script_reads_nothing_and_has_only_its_own_environment() throws Exception {
    // Surefire starts this process with more than that in its environment.
    assertThat(System.getenv()).hasSizeGreaterThan(5);
    var job =
        workshop
            .job("cat", "env | cut -d= -f1 | sort | tr '\\n' ' ' > names")
            .variable("MINE", "x")
            .keeps("names");
    assertThat(content(job.run(), "names").split(" "))
        .contains(
            "CI_BUILDS_DIR",
            "CI_JOB_STARTED_AT",
            "CI_PROJECT_DIR",
            "FLEETWRIGHT_JOB",
            "HOME",
            "LANG",
            "MINE",
            "PATH",
            "TMPDIR")
        .isSubsetOf(
            "CI_BUILDS_DIR",
            "CI_JOB_STARTED_AT",
            "CI_PROJECT_DIR",
            "FLEETWRIGHT_JOB",
            "HOME",
            "JAVA_HOME",
            "LANG",
            "MINE",
            "OLDPWD",
            "PATH",
            "PWD",
            "SHLVL",
            "TMPDIR",
            "_");
  }

  @Test
  void references_to_the_work_tree_in_variables_are_replaced() throws Exception {
    var job =
        workshop
            .job("echo \"[$CACHE] [$OTHER] [$CI_PROJECT_DIR]\"")
            .variable("CACHE", "${CI_PROJECT_DIR}/.m2 $CI_PROJECT_DIR_X")
            .variable("CI_PROJECT_DIR", "not yours")
            .variable("OTHER", "$HOME ${X} $(id) $$");
    job.run();
    var tree = workshop.builds.resolve("17/work/shop");
    assertThat(job.log())
        .contains("[" + tree + "/.m2 $CI_PROJECT_DIR_X] [$HOME ${X} $(id) $$] [" + tree + "]");
  }

  @Test
  void values_arrive_byte_for_byte_in_every_shell() throws Exception {
    // S14: CVE-2024-28236, CVE-2026-32604
    var random = new Random(42);
    var alphabet = "ab \t\n\r'\"`$(){}[];&|<>\\*?!#~-=%^\u0001\u007fü€𝄞".codePoints().toArray();
    var values = new java.util.ArrayList<String>();
    values.addAll(
        List.of(
            "$(touch pwned)",
            "`touch pwned`",
            "'; touch pwned; '",
            "-n",
            "-e \\n",
            "\n\n",
            "",
            " ",
            "%s%n",
            "() { :; }; touch pwned"));
    while (values.size() < 120) {
      var value = new StringBuilder();
      for (var i = random.nextInt(24); i > 0; i--) {
        value.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
      }
      values.add(value.toString());
    }
    var job =
        workshop.job(
            "for shell in sh bash dash; do"
                + " command -v $shell > /dev/null || continue;"
                + " $shell -c 'i=0; while [ $i -lt 120 ]; do eval \"printf %s. \\\"\\$V$i\\\"\"; i=$((i+1)); done' > out-$shell;"
                + " done",
            "ls -a > listing");
    for (var i = 0; i < values.size(); i++) {
      job.variable("V" + i, values.get(i));
    }
    var outcome = job.keeps("out-*", "listing").run();
    assertThat(outcome.artifacts()).hasSizeGreaterThan(1);
    for (var entry : outcome.artifacts()) {
      if (entry.path().startsWith("out-")) {
        assertThat(content(outcome, entry.path())).isEqualTo(String.join(".", values) + ".");
      }
    }
    assertThat(content(outcome, "listing")).doesNotContain("pwned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"with-dash", "BASH_FUNC_ls%%", "a b", "", "1A", "A\nB", "LD PRELOAD"})
  void a_name_that_no_variable_can_have_stops_the_job_before_it_starts(String name) {
    assertThatThrownBy(() -> workshop.job("true").variable(name, "() { touch pwned; }").run())
        .isInstanceOf(JobNotRunnable.class)
        .rootCause()
        .hasMessageContaining("cannot be the name");
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void secrets_are_masked_however_they_come_out() throws Exception {
    var secret = "s3cr3t p'ss\nof two lines$(x)";
    var job =
        workshop
            .job(
                "printf '%s\\n' \"$TOKEN\"",
                "printf '%s' \"$TOKEN\" | head -c 9; sleep 0.3; printf '%s\\n' \"$TOKEN\" | tail -c +10",
                "printf '%s' \"$TOKEN\" | base64 -w0; echo",
                "printf 'x%s' \"$TOKEN\" | base64 -w0; echo",
                "env | sort",
                "set -x",
                "echo \"$TOKEN\"",
                "declare -p TOKEN")
            .variable("TOKEN", secret)
            .secret(secret)
            .secret("short")
            .variable("SHORT", "short");
    assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
    var encoded = Base64.getEncoder().encodeToString(secret.getBytes(UTF_8));
    assertThat(job.log())
        .contains("[MASKED]")
        .doesNotContain("s3cr3t p")
        .doesNotContain("of two lines")
        .doesNotContain(encoded.substring(0, 12))
        .contains("1 secrets have fewer than 6 characters and are not masked");
  }

  @Test
  void what_a_script_prints_is_seen_while_it_runs() throws Exception {
    var go = temporary.resolve("go");
    var job =
        workshop.job(
            "printf 'Continue? '", "while ! [ -e \"$GO\" ]; do sleep 0.05; done", "echo yes");
    job.variable("GO", go.toString()).secret("Continue or not");
    var running = CompletableFuture.supplyAsync(() -> outcome(job));
    Eventually.within(Duration.ofSeconds(10), job::log, () -> job.log().contains("\nContinue? "));
    assertThat(running).isNotDone();
    Files.createFile(go);
    assertThat(running.join().ending()).isEqualTo(new Ending.Succeeded());
  }

  @Test
  void a_log_that_is_too_long_is_cut_with_a_word() throws Exception {
    try (var small = Workshop.open(temporary, limits(10_000))) {
      var job = small.job("head -c 1000000 /dev/zero | tr '\\0' x", "exit 5");
      assertThat(job.run().ending())
          .isInstanceOfSatisfying(Ending.Failed.class, f -> assertThat(f.exitCode()).isEqualTo(5));
      assertThat(job.log())
          .hasSizeLessThan(12_000)
          .contains("longer than 10,000 bytes")
          .contains("exit status 5");
    }
  }

  @Test
  void a_log_that_cannot_be_written_fails_the_job_and_does_not_stop_it() throws Exception {
    var done = temporary.resolve("done");
    var job = workshop.job("head -c 1000000 /dev/zero", "touch " + done);
    var outcome =
        job.run((bytes, from, length) -> {
          throw new IllegalStateException("disk full");
        });
    assertThat(outcome.ending())
        .isEqualTo(Ending.Failed.without("runner_system_failure", "its log could not be written"));
    assertThat(done).exists();
  }

  @Test
  void folders_that_nobody_may_enter_are_deleted_too() throws Exception {
    var job = workshop.job("mkdir -p a/b; touch a/b/c; chmod 0 a/b; chmod 500 a; chmod 0 ../..");
    assertThat(job.run().ending()).isInstanceOf(Ending.class);
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void what_takes_too_long_is_ended() throws Exception {
    var pid = temporary.resolve("pid");
    var job =
        workshop
            .job("trap '' TERM", "echo $$ > " + pid, "while true; do sleep 1; done")
            .timeout(Duration.ofSeconds(2));
    assertThat(job.run().ending())
        .isEqualTo(
            Ending.Failed.without("job_execution_timeout", "execution took longer than 2 s"));
    assertThat(alive(pid)).isFalse();
  }

  @Test
  void cancelling_ends_all_processes_also_those_that_hide() throws Exception {
    var pids = Files.createDirectory(temporary.resolve("pids"));
    var job =
        workshop.job(
            "P=" + pids,
            "trap '' TERM",
            "sleep 1000 & echo $! > $P/background",
            "setsid sh -c 'echo $$ > '$P'/session; exec sleep 1000' &",
            "setsid sh -c 'sh -c \"trap : TERM HUP; echo \\$\\$ > $0/daemon; while :; do sleep 1; done\" &' $P &",
            "sh -c 'env -i setsid sh -c \"trap : TERM; echo \\$\\$ > $0/orphan; while :; do sleep 1; done\" & wait' $P &",
            "env -i sleep 1000 & echo $! > $P/plain",
            "env -i setsid sh -c 'echo $$ > '$P'/child; exec sleep 1000' &",
            "while true; do sleep 1; done");
    var thrown = new AtomicReference<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                job.run();
              } catch (InterruptedException e) {
                thrown.set(e);
              }
            });
    var names = List.of("background", "session", "daemon", "orphan", "plain", "child");
    Eventually.within(
        Duration.ofSeconds(10),
        job::log,
        () -> names.stream().allMatch(n -> alive(pids.resolve(n))));
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(15))).isTrue();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(names).noneMatch(n -> alive(pids.resolve(n)));
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void what_a_script_leaves_running_is_ended_with_it() throws Exception {
    var pid = temporary.resolve("pid");
    var job =
        workshop.job("nohup sleep 1000 > /dev/null 2>&1 & echo $! > " + pid, "sleep 1000 & true");
    assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(alive(pid)).isFalse();
  }

  @Test
  void a_job_ends_within_five_seconds_of_its_server() throws Exception {
    var pids = Files.createDirectory(temporary.resolve("pids"));
    var server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JobServer.class.getName(),
                temporary.toString(),
                "P=" + pids,
                "trap '' TERM",
                "echo $$ > $P/script",
                "setsid sh -c 'trap \"\" TERM; echo $$ > '$P'/session; while true; do sleep 1; done' &",
                "while true; do sleep 1; done")
            .redirectErrorStream(true)
            .redirectOutput(temporary.resolve("server.log").toFile())
            .start();
    var names = List.of("script", "session");
    Eventually.within(
        Duration.ofSeconds(30),
        () -> read(temporary.resolve("server.log")),
        () -> names.stream().allMatch(n -> alive(pids.resolve(n))));
    server.destroyForcibly().waitFor();
    Eventually.within(
        Duration.ofSeconds(5),
        () -> "all were gone, but not " + JobProcesses.under(workshop.builds),
        () -> JobProcesses.under(workshop.builds).isEmpty());
    assertThat(names).noneMatch(n -> alive(pids.resolve(n)));
    assertThat(workshop.builds.resolve("17")).exists();
    assertThat(workshop.executor.endStrays()).isZero();
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void strays_of_a_dead_server_are_ended_and_those_of_another_are_left() throws Exception {
    var mine = stray(workshop.builds.resolve("77") + "/");
    var alsoMine = stray(workshop.builds.resolve("77") + "/");
    var another = stray(workshop.builds.resolve("78") + "/");
    var foreign = stray(temporary.resolve("builds-of-another/77") + "/");
    try {
      Files.createDirectories(workshop.builds.resolve("77/work"));
      assertThat(workshop.executor.endStrays()).isEqualTo(2);
      assertThat(Stream.of(mine, alsoMine, another)).noneMatch(Process::isAlive);
      assertThat(foreign.isAlive()).isTrue();
      assertThat(workshop.builds).isEmptyDirectory();
      assertThat(workshop.executor.endStrays()).isZero();
    } finally {
      Stream.of(mine, alsoMine, another, foreign).forEach(Process::destroyForcibly);
    }
  }

  @Test
  void strays_are_not_looked_for_among_running_jobs() throws Exception {
    var go = temporary.resolve("go");
    var job = workshop.job("while ! [ -e " + go + " ]; do sleep 0.05; done");
    var running = CompletableFuture.supplyAsync(() -> outcome(job));
    Eventually.within(Duration.ofSeconds(10), job::log, () -> job.log().contains("while"));
    assertThat(workshop.executor.endStrays()).isZero();
    Files.createFile(go);
    assertThat(running.join().ending()).isEqualTo(new Ending.Succeeded());
  }

  @Test
  void keeps_what_patterns_name() throws Exception {
    var job =
        workshop
            .job(
                "mkdir -p build/deep empty 'odd name'",
                "echo jar > build/app.jar; echo txt > build/deep/a.txt; echo no > build/deep/b.tmp",
                "printf '#!/bin/sh\\n' > build/run; chmod +x build/run",
                "ln -s app.jar build/latest; ln -s $PWD/build/deep build/absolute",
                "echo hi > 'odd name/x'; echo v > \"$NAME.txt\"")
            .variable("NAME", "v1")
            .keeps(
                Keep.ALWAYS,
                Optional.empty(),
                List.of("build/**/*.tmp"),
                false,
                "build/",
                "odd name/*",
                "${NAME}.txt",
                "$CI_PROJECT_DIR/README.md",
                "nothing/*.x");
    var outcome = job.run();
    assertThat(outcome.artifacts())
        .extracting(TreeEntry::path)
        .containsExactly(
            "README.md",
            "build/absolute",
            "build/app.jar",
            "build/deep/a.txt",
            "build/latest",
            "build/run",
            "odd name/x",
            "v1.txt");
    assertThat(outcome.artifacts())
        .contains(
            new TreeEntry.Link("build/latest", "app.jar"),
            new TreeEntry.Link("build/absolute", "deep"))
        .anySatisfy(e ->
            assertThat(e)
                .isInstanceOfSatisfying(
                    TreeEntry.File.class, f -> assertThat(f.executable()).isTrue()));
    assertThat(content(outcome, "build/app.jar")).isEqualTo("jar\n");
    assertThat(job.log()).contains("WARNING: nothing/*.x: no matching files");
  }

  @Test
  void keeps_untracked_files_also_ignored_ones() throws Exception {
    var job =
        workshop
            .job(
                "echo '*.log' > .gitignore; echo x > a.log; mkdir d; echo y > d/new; git add d/new")
            .keeps(Keep.ON_SUCCESS, Optional.empty(), List.of(), true);
    assertThat(job.run().artifacts())
        .extracting(TreeEntry::path)
        .containsExactly(".gitignore", "a.log", "d/new");
  }

  @Test
  void nothing_outside_the_work_tree_is_kept() throws Exception {
    Files.writeString(temporary.resolve("canary"), "CANARY");
    var job =
        workshop
            .job(
                "mkdir out; ln -s " + temporary.resolve("canary") + " out/escape",
                "ln -s ../../../../../canary out/relative; ln -s ../.git out/git; ln -s loop out/loop",
                "ln -s .. out/up; ln -s up/../.. out/two-steps; mkfifo out/pipe; ln -s gone out/dangling",
                "ln -s " + temporary + " outdir")
            .keeps("out", "outdir/*", "../*", "/etc/passwd", ".git/config", "$HOME/x");
    var outcome = job.run();
    assertThat(outcome.ending()).isEqualTo(new Ending.Succeeded());
    assertThat(outcome.artifacts())
        .containsExactly(
            new TreeEntry.Link("out/dangling", "gone"), new TreeEntry.Link("out/up", ".."));
    for (var name : List.of("escape", "relative", "git", "loop", "two-steps")) {
      assertThat(job.log())
          .contains("WARNING: out/" + name + ": is a link that leaves the work tree");
    }
    assertThat(job.log())
        .contains("WARNING: out/pipe: is neither a file nor a link")
        .contains("WARNING: ../*: is not below the work tree")
        .contains("WARNING: /etc/passwd: is not below the work tree");
  }

  @Test
  void keeps_by_how_the_job_ended() throws Exception {
    var job =
        workshop
            .job("echo x > a; cp a b; cp a c", "exit 1")
            .keeps(Keep.ON_SUCCESS, Optional.empty(), List.of(), false, "a")
            .keeps(Keep.ON_FAILURE, Optional.empty(), List.of(), false, "b")
            .keeps(Keep.ALWAYS, Optional.of("junit"), List.of(), false, "c");
    assertThat(job.run().artifacts()).extracting(TreeEntry::path).containsExactly("b", "c");
  }

  @Test
  void a_dotenv_report_becomes_variables() throws Exception {
    var outcome =
        workshop
            .job("echo URL=http://x > a.env; echo VERSION=2 > b.env")
            .reports("dotenv", "*.env")
            .run();
    assertThat(outcome.dotenv()).containsOnly(entry("URL", "http://x"), entry("VERSION", "2"));
    assertThat(outcome.artifacts()).isEmpty();
  }

  @Test
  void a_wrong_dotenv_report_fails_the_job_and_says_where() throws Exception {
    var job =
        workshop
            .job("printf 'A=1\\nB\\n' > build.env")
            .reports("dotenv", "build.env")
            .keeps("README.md");
    var outcome = job.run();
    assertThat(outcome.ending())
        .isEqualTo(
            Ending.Failed.without(
                "script_failure",
                "dotenv report `build.env`, line 2: it is not of the form KEY=value"));
    assertThat(job.log()).contains("line 2");
    var linked = workshop.job("ln -s /etc/passwd build.env").reports("dotenv", "build.env").run();
    assertThat(linked.dotenv()).isEmpty();
    assertThat(linked.ending()).isInstanceOf(Ending.Failed.class);
  }

  @Test
  void files_of_earlier_jobs_are_there_and_later_ones_win() throws Exception {
    var job =
        workshop
            .job("cat build/a README.md; ./build/run; cat build/link; git status --porcelain")
            .before(
                file("build/a", "older\n", false),
                file("build/run", "#!/bin/sh\necho ran\n", true),
                file("README.md", "replaced\n", false),
                new TreeEntry.Link("build/link", "a"),
                file("build/a", "newer\n", false));
    assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log()).contains("newer\nreplaced\nran\nnewer\n").contains(" M README.md");
  }

  @Test
  void files_of_earlier_jobs_do_not_go_through_links_or_into_dot_git() throws IOException {
    // CVE-2025-62156, CVE-2025-66626: first a link, then a file through it.
    assertNotLaid("through `link`", file("link/x", "x", false));
    assertNotLaid("lies in .git", file(".git/hooks/post-checkout", "x", true));
    assertNotLaid("lies in .git", file(".GIT/config", "x", false));
    assertNotLaid("is a folder here", file("src", "x", false));
    assertNotLaid("through `README.md`", file("README.md/x", "x", false));
    assertNotLaid("lies in .git", new TreeEntry.Link(".git/hooks", "../src"));
    assertNotLaid("leaves the work tree", new TreeEntry.Link("hooks", ".git/hooks"));
    assertNotLaid(
        "leaves the work tree",
        new TreeEntry.Link("a/up", ".."),
        file("b/c/x", "x", false),
        new TreeEntry.Link("b/c/out", "../../a/up/.."));
  }

  @Test
  void a_commit_that_is_not_there_cannot_be_run() {
    assertThatThrownBy(() -> workshop.job("true").commit(new CommitSha("1".repeat(40))).run())
        .isInstanceOf(JobNotRunnable.class)
        .hasMessage("cloning commit 11111111");
    assertThat(workshop.builds).isEmptyDirectory();
  }

  @Test
  void no_clone_is_made_when_none_is_wanted() throws Exception {
    var job =
        workshop
            .job("ls -A | wc -l")
            .variable("GIT_STRATEGY", "none")
            .commit(new CommitSha("1".repeat(40)));
    assertThat(job.run().ending()).isEqualTo(new Ending.Succeeded());
    assertThat(job.log()).contains("\n0\n");
  }

  @Test
  void secrets_are_in_no_argument_and_no_file() throws Exception {
    var go = temporary.resolve("go");
    var job =
        workshop
            .job("echo ready; while ! [ -e " + go + " ]; do sleep 0.05; done")
            .variable("TOKEN", "CANARY-1234-5678")
            .secret("CANARY-1234-5678");
    var running = CompletableFuture.supplyAsync(() -> outcome(job));
    Eventually.within(Duration.ofSeconds(10), job::log, () -> job.log().contains("\nready"));
    assertThat(ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")))
        .noneMatch(c -> c.contains("CANARY-1234"));
    try (var files = Files.walk(workshop.builds)) {
      assertThat(files.filter(Files::isRegularFile).filter(f -> read(f).contains("CANARY-1234")))
          .isEmpty();
    }
    Files.createFile(go);
    running.join();
  }

  private void assertNotLaid(String because, TreeEntry... entries) {
    assertThatThrownBy(() -> workshop.job("true").before(entries).run())
        .isInstanceOf(JobNotRunnable.class)
        .rootCause()
        .hasMessageContaining(because);
  }

  private TreeEntry.File file(String path, String content, boolean executable) throws IOException {
    var bytes = content.getBytes(UTF_8);
    return new TreeEntry.File(path, workshop.blobs.put(bytes), bytes.length, executable);
  }

  private String content(JobOutcome outcome, String path) throws IOException {
    for (var entry : outcome.artifacts()) {
      if (entry instanceof TreeEntry.File file && file.path().equals(path)) {
        return new String(workshop.blobs.read(file.digest()), UTF_8);
      }
    }
    throw new AssertionError(path + " is not among " + outcome);
  }

  private static JobOutcome outcome(Workshop.Job job) {
    try {
      return job.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static BuiltInExecutor.Limits limits(long logBytes) {
    var usual = BuiltInExecutor.Limits.USUAL;
    return new BuiltInExecutor.Limits(
        logBytes, Duration.ofSeconds(1), usual.afterScript(), usual.artifacts());
  }

  private static Process stray(String mark) throws IOException {
    var builder = new ProcessBuilder("sleep", "1000");
    builder.environment().put(JobProcesses.MARK, mark);
    return builder.start();
  }

  private static boolean alive(Path pidFile) {
    var text = read(pidFile).strip();
    return text.matches("\\d+")
        && ProcessHandle.of(Long.parseLong(text)).filter(p -> running(p)).isPresent();
  }

  private static boolean running(ProcessHandle process) {
    return process.isAlive() && !read(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
