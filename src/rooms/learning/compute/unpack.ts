import { registerGradient, stack, Unpack } from "@tensorflow/tfjs-core";

/**
 * The shipped gradient expects a list, but the engine gives the only part of a tensor by itself: a recurrent layer over
 * a single step could not train what is before it.
 */
export function provideUnpackGradient(): void {
  registerGradient({
    kernelName: Unpack,
    gradFunc: (dy, _saved, attributes) => {
      const axis = attributes["axis"] as number;
      return { value: () => stack([dy].flat(), axis) };
    },
  });
}
