package dev.fleetwright.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintCommandTest {

  @TempDir Path repository;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  @Test
  void five_mistakes_in_the_pipeline_file_are_five_messages_with_place_and_remedy()
      throws IOException {
    Files.writeString(
        repository.resolve(".gitlab-ci.yml"),
        """
        stages: [build, deploy]
        compile:
          stage: biuld
          scirpt: [make]
        test:
          script: [make test]
          needs: [complie]
        ship:
          stage: deploy
          script: [./ship]
          when: manul
          environment:
            name: production
            tier: production
        """);

    assertThat(run("lint", repository.toString())).isEqualTo(ExitCode.PROBLEMS);
    var problems =
        out.toString(UTF_8)
            .lines()
            .filter(l -> l.startsWith(".gitlab-ci.yml:") && l.contains(": error: "))
            .toList();
    assertThat(problems).hasSizeGreaterThanOrEqualTo(5);
    assertThat(problems)
        .allSatisfy(p -> assertThat(p).matches("\\.gitlab-ci\\.yml:\\d+:\\d+: error: .+; .+"));
  }

  @Test
  void five_mistakes_in_fleetwright_yml_are_five_messages_with_place_and_remedy()
      throws IOException {
    Files.writeString(repository.resolve(".gitlab-ci.yml"), "a: { script: [make] }\n");
    Files.writeString(
        repository.resolve("fleetwright.yml"),
        """
        project: Shop!
        targets:
          here: { locall: {} }
        release:
          web:
            files: /etc
            run: { command: java Web }
        environments:
          staging: { target: there, aprovals: 1 }
        """);

    assertThat(run("lint", repository.toString())).isEqualTo(ExitCode.PROBLEMS);
    var problems =
        out.toString(UTF_8)
            .lines()
            .filter(l -> l.startsWith("fleetwright.yml:") && l.contains(": error: "))
            .toList();
    assertThat(problems).hasSizeGreaterThanOrEqualTo(5);
    assertThat(problems)
        .allSatisfy(p -> assertThat(p).matches("fleetwright\\.yml:\\d+:\\d+: error: .+; .+"));
  }

  @Test
  void a_good_repository_has_an_account_and_no_mistakes() throws IOException {
    Files.writeString(repository.resolve(".gitlab-ci.yml"), "compile: { script: [make] }\n");
    assertThat(run("lint", repository.toString())).isEqualTo(ExitCode.DONE);
    assertThat(out.toString(UTF_8)).contains("compile").contains("No mistakes.");
  }

  @Test
  void programs_get_one_json_document() throws IOException {
    Files.writeString(repository.resolve(".gitlab-ci.yml"), "compile: { script: [make] }\n");
    assertThat(run("lint", "--json", repository.toString())).isEqualTo(ExitCode.DONE);
    assertThat(out.toString(UTF_8)).startsWith("{").contains("\"valid\" : true");
  }

  @Test
  void a_folder_that_is_not_there_is_not_found() {
    assertThat(run("lint", repository.resolve("nowhere").toString())).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(error.toString(UTF_8)).contains("is not a folder");
  }

  @Test
  void init_prints_a_file_that_lint_accepts_and_overwrites_nothing() throws IOException {
    Files.writeString(repository.resolve(".gitlab-ci.yml"), "compile: { script: [make] }\n");
    assertThat(run("init", repository.toString())).isEqualTo(ExitCode.DONE);
    assertThat(repository.resolve("fleetwright.yml")).doesNotExist();

    assertThat(run("init", "--write", repository.toString())).isEqualTo(ExitCode.DONE);
    assertThat(run("lint", repository.toString())).isEqualTo(ExitCode.DONE);
    assertThat(run("init", "--write", repository.toString())).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void an_unknown_command_is_a_usage_error_that_says_what_there_is() {
    assertThat(run("delpoy")).isEqualTo(ExitCode.USAGE);
    assertThat(error.toString(UTF_8)).contains("deploy");
  }

  @Test
  void without_a_server_the_message_says_how_to_start_one() throws IOException {
    var token = Files.writeString(repository.resolve("token"), "fw_x");
    assertThat(
            run(
                "project",
                "list",
                "--server",
                "http://127.0.0.1:1",
                "--token-file",
                token.toString()))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(error.toString(UTF_8)).contains("fleetwright server");
  }

  private int run(String... arguments) {
    return Main.run(
        arguments, new PrintStream(out, true, UTF_8), new PrintStream(error, true, UTF_8));
  }
}
