// What the cells of tools and schemas ask for. Bounded, so that a small model ends what it is made to write.

import { z } from 'zod';

export const city = z.object({ city: z.enum(['Paris', 'Rome', 'Oslo']), days: z.number().int() });
export type City = z.infer<typeof city>;
export const weatherQuestion = 'What will the weather be in Paris for the next 3 days?';
