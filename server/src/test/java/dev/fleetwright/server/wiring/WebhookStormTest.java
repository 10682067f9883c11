package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Recipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// R20: the same delivery fifty times at once, the same commit under three ids, and deliveries that
/// come long after newer ones. Each commit is built and deployed once, and nothing older is ever
/// deployed after something newer.
class WebhookStormTest {

  private static final int AT_ONCE = 50;

  @TempDir private Path folder;

  private record Answer(int status, long nanos) {}

  @Test
  @Tag("R20")
  void each_commit_is_deployed_once_and_none_after_a_newer_one() throws Exception {
    var rounds = Recipe.times(3, 19);
    var repository = GitFolder.of(folder.resolve("repository"));
    var answers = new ArrayList<Answer>();
    try (var server = ServerUnderTest.first(folder.resolve("server"));
        var client = server.client()) {
      var secret =
          client
              .addProject(new Project.Add("shop", repository.folder().toString(), Optional.empty()))
              .webhookSecret();
      awaitDeploys(client, 1);
      var old = new ArrayList<String>();
      for (var round = 0; round < rounds; round++) {
        repository.write("page.html", "page " + round + "\n").commit("Page " + round);
        var id = UUID.randomUUID().toString();
        var sending = new ArrayList<Callable<Answer>>();
        for (var i = 0; i < AT_ONCE; i++) {
          sending.add(() -> deliver(server, secret, id));
        }
        for (var i = 0; i < 3; i++) {
          sending.add(() -> deliver(server, secret, UUID.randomUUID().toString()));
        }
        // Those of earlier commits come again now.
        old.forEach(earlier -> sending.add(() -> deliver(server, secret, earlier)));
        Collections.shuffle(sending, new java.util.Random(round));
        var here = atOnce(sending);
        assertThat(here).filteredOn(a -> a.status() == 202).hasSize(4);
        assertThat(here).filteredOn(a -> a.status() == 200).hasSize(sending.size() - 4);
        answers.addAll(here);
        old.add(id);
        awaitDeploys(client, round + 2);
      }
      check(client, rounds + 1);
      report(answers, rounds + 1);
    }
  }

  private static void check(FleetwrightClient client, int commits) throws InterruptedException {
    var pipelines = new ArrayList<Pipeline>();
    for (var page = 1; ; page++) {
      var part = client.pipelines("shop", page);
      pipelines.addAll(part.items());
      if (!part.more()) {
        break;
      }
    }
    assertThat(pipelines).extracting(Pipeline::sha).doesNotHaveDuplicates().hasSize(commits);
    var deploys = deploys(client).reversed();
    assertThat(deploys).hasSize(commits);
    assertThat(deploys)
        .extracting(d -> d.release().orElseThrow().number())
        .as("in the order in which they were deployed")
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(deploys).extracting(Deploy::state).containsOnly(Deploy.State.SUCCEEDED);
  }

  private static void report(List<Answer> answers, int commits) {
    var sorted = answers.stream().map(Answer::nanos).sorted().toList();
    var longest = sorted.getLast() / 1e9;
    Recipe.report(
        "R20",
        "violations=0 deliveries=%d commits=%d deploys=%d answer_p50=%.3fs answer_p99=%.3fs answer_max=%.3fs"
            .formatted(
                answers.size(),
                commits,
                commits,
                sorted.get(sorted.size() / 2) / 1e9,
                sorted.get(sorted.size() * 99 / 100) / 1e9,
                longest));
    // GitHub counts what takes longer as failed, and does not send it again by itself.
    assertThat(longest).isLessThan(10);
  }

  private static List<Deploy> deploys(FleetwrightClient client) throws InterruptedException {
    var deploys = new ArrayList<Deploy>();
    for (var page = 1; ; page++) {
      var part = client.deploys("shop", Optional.of("staging"), page);
      deploys.addAll(part.items());
      if (!part.more()) {
        return deploys;
      }
    }
  }

  private static void awaitDeploys(FleetwrightClient client, int count) {
    Eventually.within(
        Duration.ofSeconds(90),
        () -> count + " deploys that ended",
        () -> {
          try {
            var deploys = deploys(client);
            return deploys.size() >= count && deploys.stream().allMatch(d -> d.state().finished());
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static Answer deliver(ServerUnderTest server, String secret, String id) throws Exception {
    var began = System.nanoTime();
    var answer =
        server.send(
            "POST",
            "/hooks/shop",
            "{\"ref\":\"refs/heads/main\"}",
            "X-Gitlab-Token",
            secret,
            "X-Gitlab-Event",
            "Push Hook",
            "X-Gitlab-Event-UUID",
            id);
    return new Answer(answer.statusCode(), System.nanoTime() - began);
  }

  private static List<Answer> atOnce(List<Callable<Answer>> calls) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Answer>();
      for (var future : executor.invokeAll(calls)) {
        answers.add(future.get());
      }
      return answers;
    }
  }
}
