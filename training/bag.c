/* Weighted sums of rows of an embedding table, their gradient, Adam on the rows that were touched, and the loss.
   One thread: batches are small, and two threads on shared cores wait for each other more than they work. */
#include <math.h>
#include <stdint.h>
#include <string.h>

/* out[b] = sum of weights[k] * table[ids[k]] for k in starts[b] .. starts[b+1]. */
void forward(int bags, const int64_t *starts, const int32_t *ids, const float *weights, const float *table, int size,
             float *out) {
  for (int b = 0; b < bags; b++) {
    float *sum = out + (int64_t)b * size;
    memset(sum, 0, sizeof(float) * size);
    for (int64_t k = starts[b]; k < starts[b + 1]; k++) {
      const float *row = table + (int64_t)ids[k] * size;
      float weight = weights[k];
      for (int d = 0; d < size; d++) sum[d] += weight * row[d];
    }
  }
}

/* Adds to the rows' gradient, marks them as touched, and writes that of each weight. */
void backward(int bags, const int64_t *starts, const int32_t *ids, const float *weights, const float *table, int size,
              const float *gradient, float *table_gradient, float *weight_gradient, uint8_t *touched) {
  for (int b = 0; b < bags; b++) {
    const float *of_bag = gradient + (int64_t)b * size;
    for (int64_t k = starts[b]; k < starts[b + 1]; k++) {
      const float *row = table + (int64_t)ids[k] * size;
      float *of_row = table_gradient + (int64_t)ids[k] * size;
      float weight = weights[k], dot = 0;
      for (int d = 0; d < size; d++) {
        dot += of_bag[d] * row[d];
        of_row[d] += weight * of_bag[d];
      }
      weight_gradient[k] = dot;
      touched[ids[k]] = 1;
    }
  }
}

void adam(int rows, int size, float *table, float *mean, float *square, float *gradient, uint8_t *touched, float rate,
          float beta1, float beta2, float correction1, float correction2) {
  for (int i = 0; i < rows; i++) {
    if (!touched[i]) continue;
    touched[i] = 0;
    int64_t at = (int64_t)i * size;
    for (int64_t k = at; k < at + size; k++) {
      float g = gradient[k];
      gradient[k] = 0;
      mean[k] = beta1 * mean[k] + (1 - beta1) * g;
      square[k] = beta2 * square[k] + (1 - beta2) * g * g;
      table[k] -= rate * (mean[k] / correction1) / (sqrtf(square[k] / correction2) + 1e-8f);
    }
  }
}

/* Symmetric InfoNCE of a size × size matrix of scores, at most `sharpness` each, whose diagonal is right. Where same is
   set, a score does not count. The scores become their own gradient. One exponential serves rows and columns: what lies
   between the largest and the smallest score fits a float. */
float contrast(int size, float *scores, const uint8_t *same, float sharpness, float *rows, float *columns) {
  memset(columns, 0, sizeof(float) * size);
  double loss = 0;
  for (int i = 0; i < size; i++) {
    float *row = scores + (int64_t)i * size;
    const uint8_t *hidden = same + (int64_t)i * size;
    loss -= row[i] - sharpness;
    float sum = 0;
    for (int j = 0; j < size; j++) {
      float value = hidden[j] ? 0.0f : expf(row[j] - sharpness);
      row[j] = value;
      sum += value;
      columns[j] += value;
    }
    rows[i] = sum + 1e-30f;
  }
  for (int i = 0; i < size; i++) loss += 0.5 * (logf(rows[i]) + logf(columns[i] + 1e-30f));
  for (int j = 0; j < size; j++) columns[j] = 0.5f / (columns[j] + 1e-30f) / size;
  for (int i = 0; i < size; i++) {
    float *row = scores + (int64_t)i * size, of_row = 0.5f / rows[i] / size;
    for (int j = 0; j < size; j++) row[j] *= of_row + columns[j];
    row[i] -= 1.0f / size;
  }
  return loss / size;
}
