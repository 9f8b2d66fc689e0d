// The demand model of the demo: a small neural network on frames of hourly rows (danfojs-node and its tensorflow.js).
import * as danfo from "danfojs-node";

const tf = danfo.tensorflow;
const weathers = ["clear", "mist", "light_precip", "heavy_precip"];
const numbers = ["temp", "atemp", "hum", "windspeed", "workingday", "holiday"];

/** One row of inputs per row of the frame: hour and weekday one-hot, hours split by working day, weather. */
function inputs(frame) {
  const column = (name) => frame.column(name).values;
  const [hours, weekdays, weather, working] = ["hr", "weekday", "weather", "workingday"].map(column);
  const plain = numbers.map(column);
  return hours.map((hour, row) => {
    const cells = new Array(24 * 2 + 7 + weathers.length).fill(0);
    cells[Number(hour) + (Number(working[row]) === 1 ? 24 : 0)] = 1;
    cells[48 + Number(weekdays[row])] = 1;
    const kind = weathers.indexOf(weather[row]);
    if (kind >= 0) cells[55 + kind] = 1;
    return [...cells, ...plain.map((values) => Number(values[row] ?? 0))];
  });
}

/** The rows in an order that depends on nothing but their number (mulberry32, Fisher-Yates). */
function shuffled(rows) {
  let state = 20110501;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const order = [...rows];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

function network(width) {
  const model = tf.sequential();
  const kernelInitializer = (seed) => tf.initializers.glorotUniform({ seed });
  model.add(
    tf.layers.dense({ inputShape: [width], units: 32, activation: "relu", kernelInitializer: kernelInitializer(1) }),
  );
  model.add(tf.layers.dense({ units: 16, activation: "relu", kernelInitializer: kernelInitializer(2) }));
  model.add(tf.layers.dense({ units: 1, kernelInitializer: kernelInitializer(3) }));
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
  return model;
}

/** Trains on rows with the contract's columns and `label`; gives back an artifact that `predict` reads (plain JSON). */
export async function train(rows, { epochs = 14, progress = () => {} } = {}) {
  const frame = new danfo.DataFrame(shuffled(rows));
  const features = inputs(frame);
  const xs = tf.tensor2d(features);
  const ys = tf.tensor2d(frame.column("label").values.map((label) => [Math.log1p(Number(label))]));
  const model = network(features[0].length);
  await model.fit(xs, ys, {
    epochs,
    batchSize: 128,
    verbose: 0,
    shuffle: false, // shuffled once by a fixed seed instead: the same rows give the same model
    callbacks: { onEpochEnd: (epoch, logs) => progress(epoch + 1, logs.loss) },
  });
  const weights = model.getWeights().map((weight) => ({ shape: weight.shape, values: Array.from(weight.dataSync()) }));
  return { kind: "bike-demand", width: features[0].length, weights };
}

/** Predicted demand of each row, never below zero. */
export function predict(artifact, rows) {
  if (rows.length === 0) return [];
  const model = network(artifact.width);
  model.setWeights(artifact.weights.map(({ shape, values }) => tf.tensor(values, shape)));
  const frame = new danfo.DataFrame(rows);
  const outputs = model.predict(tf.tensor2d(inputs(frame))).dataSync();
  return Array.from(outputs, (value) => Math.max(0, Math.round(Math.expm1(value) * 1e4) / 1e4));
}
