package satark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The seed's rule on Kafka Streams, written to be quick: the Processor API instead of twelve overlapping windows of the
 * DSL, a streaming JSON parser, one compact value a link, in memory with a cache in front of its changelog, so that a
 * link that changes often is written once a commit (a second). Arguments: brokers, topic, topic of incidents, folder.
 */
public final class SeedRule {
  private static final String STORE = "links";
  private static final String GROUP = "rival-streams";
  private static final int HISTORY_S = 3600;
  private static final int MIN_SAMPLES = 6;
  private static final int KEPT = 13;
  private static final double FACTOR = 2.0;
  private static final String[] METRICS = {
    "latency_ms_rx", "latency_ms_tx", "jitter_ms_rx", "jitter_ms_tx", "loss_pct_rx", "loss_pct_tx"
  };
  private static final double[] FLOORS = {5.0, 5.0, 2.5, 2.5, 0.5, 0.5};
  private static final int SAMPLE_BYTES = Integer.BYTES + METRICS.length * Double.BYTES;
  private static final JsonFactory JSON = new JsonFactory();

  private SeedRule() {}

  /** What one record says: the start of its interval, epoch seconds, and its values; NaN where there is none. */
  private static final class Sample {
    int time;
    final double[] values = new double[METRICS.length];

    void read(byte[] raw) {
      java.util.Arrays.fill(values, Double.NaN);
      try (JsonParser parser = JSON.createParser(raw)) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          switch (name) {
            case "time" -> time = (int) Instant.parse(parser.getText()).getEpochSecond();
            case "metrics" -> readMetrics(parser);
            default -> parser.skipChildren();
          }
        }
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }

    private void readMetrics(JsonParser parser) throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        for (int metric = 0; metric < METRICS.length; metric++) {
          if (METRICS[metric].equals(name)) {
            values[metric] = parser.getDoubleValue();
          }
        }
      }
    }
  }

  private static final class Judge implements Processor<String, byte[], String, String> {
    private final Sample sample = new Sample();
    private ProcessorContext<String, String> context;
    private KeyValueStore<String, byte[]> store;

    @Override
    public void init(ProcessorContext<String, String> given) {
      context = given;
      store = given.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, byte[]> record) {
      sample.read(record.value());
      byte[] known = store.get(record.key());
      ByteBuffer history = ByteBuffer.wrap(known == null ? new byte[0] : known);
      for (int metric = 0; metric < METRICS.length; metric++) {
        if (beyond(history, metric)) {
          String text = "{\"metric\":\"" + METRICS[metric] + "\",\"value\":" + sample.values[metric] + "}";
          context.forward(record.withValue(text));
        }
      }
      store.put(record.key(), learnt(history));
    }

    private boolean beyond(ByteBuffer history, int metric) {
      int n = 0;
      double total = 0;
      for (int at = 0; at < history.limit(); at += SAMPLE_BYTES) {
        double value = inHour(history, at) ? history.getDouble(at + Integer.BYTES + metric * Double.BYTES) : Double.NaN;
        if (!Double.isNaN(value)) {
          n++;
          total += value;
        }
      }
      if (n < MIN_SAMPLES) {
        return false;
      }
      double mean = total / n;
      double squares = 0;
      for (int at = 0; at < history.limit(); at += SAMPLE_BYTES) {
        double value = inHour(history, at) ? history.getDouble(at + Integer.BYTES + metric * Double.BYTES) : Double.NaN;
        if (!Double.isNaN(value)) {
          squares += (value - mean) * (value - mean);
        }
      }
      double spread = Math.sqrt(squares / (n - 1));
      return sample.values[metric] > mean + FACTOR * Math.max(spread, FLOORS[metric]);
    }

    private boolean inHour(ByteBuffer history, int at) {
      int age = sample.time - history.getInt(at);
      return age > 0 && age <= HISTORY_S;
    }

    /** The newest samples with this one behind them. */
    private byte[] learnt(ByteBuffer history) {
      int kept = Math.min(history.limit() / SAMPLE_BYTES, KEPT - 1);
      ByteBuffer next = ByteBuffer.allocate((kept + 1) * SAMPLE_BYTES);
      next.put(history.array(), history.limit() - kept * SAMPLE_BYTES, kept * SAMPLE_BYTES);
      next.putInt(sample.time);
      for (double value : sample.values) {
        next.putDouble(value);
      }
      return next.array();
    }
  }

  /** Judge until ended. */
  public static void main(String[] arguments) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, GROUP);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 128L * 1024 * 1024);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
            .withCachingEnabled());
    builder.stream(arguments[1], Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .process(Judge::new, STORE)
        .to(arguments[2], Produced.with(Serdes.String(), Serdes.String()));
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }
}
