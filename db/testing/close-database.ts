import { afterAll } from 'vitest';
import { closeDatabase } from '../client';

afterAll(closeDatabase);
