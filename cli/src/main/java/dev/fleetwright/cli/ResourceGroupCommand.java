package dev.fleetwright.cli;

import dev.fleetwright.api.ResourceGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "resource-group",
    mixinStandardHelpOptions = true,
    description = "Groups of jobs of which one at a time is under way.",
    subcommands = {ResourceGroupCommand.Show.class, ResourceGroupCommand.Order.class})
final class ResourceGroupCommand {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the groups that jobs of a project have asked for so far.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var groups = client.resourceGroups(project);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("GROUP", "ORDER", "JOB"));
        groups.forEach(g ->
            rows.add(
                List.of(
                    Terminal.clean(g.name()),
                    g.mode().keyword(),
                    g.holder().map(Object::toString).orElse(""))));
        output.result(groups, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "order",
      mixinStandardHelpOptions = true,
      description = {
        "Say whose turn it is when a group is free: unordered, oldest_first, newest_first or",
        "newest_ready_first."
      })
  static final class Order implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "PROJECT")
    private String project = "";

    @Parameters(index = "1", paramLabel = "GROUP")
    private String group = "";

    @Parameters(index = "2", paramLabel = "ORDER")
    private ResourceGroup.Mode mode = ResourceGroup.Mode.UNORDERED;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var ordered = client.orderResourceGroup(project, group, new ResourceGroup.Order(mode));
        output.result(
            ordered,
            List.of(
                "Resource group %s is %s."
                    .formatted(Terminal.clean(ordered.name()), ordered.mode().keyword())));
        return ExitCode.DONE;
      }
    }
  }
}
