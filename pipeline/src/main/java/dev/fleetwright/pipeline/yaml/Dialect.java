package dev.fleetwright.pipeline.yaml;

import com.google.re2j.Pattern;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Text;
import dev.fleetwright.pipeline.yaml.Node.Truth;
import dev.fleetwright.pipeline.yaml.Node.Whole;
import java.math.BigInteger;
import java.util.Optional;

/// What unquoted words mean.
public enum Dialect {
  /// GitLab's: YAML 1.1 as Ruby's Psych reads it, with `!reference`. `on` is true, `010` is eight.
  GITLAB {
    @Override
    Optional<Scalar> plain(Position at, String word) {
      return PsychScalars.plain(at, word);
    }
  },
  /// YAML 1.2, whose surprises are few: only `true`, `false`, `null` and decimal numbers are not
  /// text.
  PLAIN {
    @Override
    Optional<Scalar> plain(Position at, String word) {
      return Optional.of(
          switch (word) {
            case "", "~", "null", "Null", "NULL" -> new Nothing(at);
            case "true", "True", "TRUE" -> new Truth(at, true);
            case "false", "False", "FALSE" -> new Truth(at, false);
            default ->
                word.length() <= LONGEST_NUMBER && WHOLE.matches(word)
                    ? new Whole(at, new BigInteger(word))
                    : new Text(at, word);
          });
    }
  };

  private static final Pattern WHOLE = Pattern.compile("-?(?:0|[1-9][0-9]*)");
  private static final int LONGEST_NUMBER = 100;

  /// The value of an unquoted word; empty if the dialect has no value for it and the file is wrong.
  abstract Optional<Scalar> plain(Position at, String word);
}
