package dev.fleetwright.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How the records of this package look as JSON: `snake_case` names, lower-case words for enum
/// constants, times in UTC as ISO 8601, no field for what is not there.
///
/// Requests are read strictly, so that a misspelt field is told and not ignored; answers leniently,
/// so that an older client can talk to a newer server.
public final class Json {

  /// Deep enough for every record here, and nowhere near what hurts.
  private static final int DEEPEST = 64;

  private static final ObjectMapper STRICT = mapper(true);
  private static final ObjectMapper LENIENT = mapper(false);

  private Json() {}

  /// For what comes from a caller: unknown, missing and repeated fields are refused.
  public static ObjectMapper strict() {
    return STRICT;
  }

  /// For what comes from a server: unknown fields are ignored.
  public static ObjectMapper lenient() {
    return LENIENT;
  }

  /// A record as JSON text, indented for people.
  public static String pretty(Object value) {
    try {
      return LENIENT.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing " + value.getClass().getSimpleName(), e);
    }
  }

  /// How a name is written: `createdAt` as `created_at`.
  public static String name(String javaName) {
    return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(javaName);
  }

  /// How an enum constant is written.
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectMapper mapper(boolean strict) {
    var limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(DEEPEST)
            .maxNumberLength(64)
            .maxNameLength(1_000)
            .build();
    var builder =
        JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .annotationIntrospector(new Records(strict))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .withCoercionConfig(
                LogicalType.Textual,
                text ->
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
            .configure(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES, strict)
            .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, strict)
            .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
            // The source of a mistake is told in our own words; its text is not sent back.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION);
    if (!strict) {
      // An older server leaves out lists that it does not know.
      for (var type : List.of(List.class, Map.class)) {
        builder.withConfigOverride(
            type, o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)));
      }
    }
    return builder.build();
  }

  /// Reads off the records what annotations would have to repeat.
  private static final class Records extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1;

    private final boolean strict;

    Records(boolean strict) {
      this.strict = strict;
    }

    @Override
    public Boolean hasRequiredMarker(AnnotatedMember member) {
      return strict && member.getRawType() != Optional.class;
    }

    @Override
    public String[] findEnumValues(
        MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[] names) {
      for (var i = 0; i < constants.length; i++) {
        names[i] = word(constants[i]);
      }
      return names;
    }
  }
}
