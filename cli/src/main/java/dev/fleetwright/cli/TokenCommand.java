package dev.fleetwright.cli;

import dev.fleetwright.api.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "The tokens that open the server: one for each person and each program.",
    subcommands = {TokenCommand.Add.class, TokenCommand.Show.class, TokenCommand.Revoke.class})
final class TokenCommand {

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Make a token and print it, this once.")
  static final class Add implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "NAME", description = "Whose it is or what it is for.")
    private String name = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var made = client.makeToken(new Token.Make(name));
        output.result(
            made,
            List.of(
                "Token %s (id %d), shown only now:"
                    .formatted(Terminal.clean(made.token().name()), made.token().id()),
                "  " + made.secret()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List the tokens.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var tokens = client.tokens();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "NAME", "MADE", "LAST USED"));
        tokens.forEach(t ->
            rows.add(
                List.of(
                    Long.toString(t.id()),
                    Terminal.clean(t.name()),
                    Terminal.ago(t.createdAt()),
                    t.lastUsedAt().map(Terminal::ago).orElse("never"))));
        output.result(tokens, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = {
        "Take a token away: it opens nothing any more, and browsers that signed in with it are",
        "signed out. The last one stays."
      })
  static final class Revoke implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "As `token list` shows it.")
    private long id;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var revoked = client.revokeToken(id);
        output.result(
            revoked,
            List.of("Token %s opens nothing any more.".formatted(Terminal.clean(revoked.name()))));
        return ExitCode.DONE;
      }
    }
  }
}
